import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { t } from "../../texts";
import { dateTime } from "../../texts/format";

const zone = "+07:00";

/** A moment of the working day in Vietnam, some days from now. */
function at(days: number, hour: number): Date {
  const day = new Date(Date.now() + 7 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);
  return new Date(`${day}T${String(hour).padStart(2, "0")}:00:00${zone}`);
}

function daysToMonday(): number {
  const weekday = new Date(Date.now() + 7 * 3_600_000).getUTCDay();
  return ((8 - weekday) % 7) || 7;
}

/** When a message is to go. */
export function ScheduleDialog({ opened, onClose, onChoose }: { opened: boolean; onClose: () => void; onChoose: (until: Date) => void }) {
  const [own, setOwn] = useState("");
  const choices = [at(0, 14), at(1, 8), at(daysToMonday(), 8)].filter((d, n, all) => d.getTime() > Date.now() + 60_000 && all.findIndex((e) => e.getTime() === d.getTime()) === n);
  const wanted = own ? new Date(`${own}:00${zone}`) : null;
  return (
    <Modal opened={opened} onClose={onClose} title={t("scheduleSend")} closeButtonProps={{ "aria-label": t("close") }}>
      <Stack gap="xs">
        {choices.map((date) => (
          <Button key={date.getTime()} variant="default" justify="space-between" onClick={() => onChoose(date)}>
            {dateTime(date.toISOString())}
          </Button>
        ))}
        <Text size="sm" mt="sm">
          {t("scheduleOwn")}
        </Text>
        <Group align="end" wrap="nowrap">
          <TextInput type="datetime-local" aria-label={t("scheduleOwn")} value={own} onChange={(e) => setOwn(e.currentTarget.value)} style={{ flex: 1 }} />
          <Button disabled={!wanted || Number.isNaN(wanted.getTime()) || wanted.getTime() < Date.now()} onClick={() => wanted && onChoose(wanted)}>
            {t("scheduleSend")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
