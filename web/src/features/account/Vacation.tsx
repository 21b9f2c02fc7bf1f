import { Button, Group, Loader, Stack, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApp } from "../../app/context";
import { toast, toastError } from "../../app/toasts";
import type { GetResult, SetResult, VacationResponse } from "../../jmap/types";
import { t } from "../../texts";

/** The automatic answer while one is away (RFC 8621 §8). */
export function Vacation() {
  const { client } = useApp();
  const accountId = client.primaryAccount;
  const { data } = useQuery({
    queryKey: ["vacation", accountId],
    queryFn: async () => (await client.call<GetResult<VacationResponse>>("VacationResponse/get", { accountId, ids: ["singleton"] })).list[0] ?? null,
  });
  if (data === undefined) return <Loader aria-label={t("loading")} />;
  return <Form key={JSON.stringify(data)} first={data} />;
}

const day = (iso: string | null) => (iso ? new Date(new Date(iso).getTime() + 7 * 3_600_000).toISOString().slice(0, 10) : "");
const begin = (text: string) => (text ? new Date(`${text}T00:00:00+07:00`).toISOString().replace(".000", "") : null);
const end = (text: string) => (text ? new Date(`${text}T23:59:59+07:00`).toISOString().replace(".000", "") : null);

function Form({ first }: { first: VacationResponse | null }) {
  const { client } = useApp();
  const queries = useQueryClient();
  const accountId = client.primaryAccount;
  const [isEnabled, setEnabled] = useState(first?.isEnabled ?? false);
  const [fromDate, setFrom] = useState(day(first?.fromDate ?? null));
  const [toDate, setTo] = useState(day(first?.toDate ?? null));
  const [subject, setSubject] = useState(first?.subject ?? "");
  const [textBody, setText] = useState(first?.textBody ?? "");
  const save = async () => {
    try {
      const result = await client.call<SetResult>("VacationResponse/set", {
        accountId,
        update: { singleton: { isEnabled, fromDate: begin(fromDate), toDate: end(toDate), subject: subject || null, textBody: textBody || null } },
      });
      const refused = result.notUpdated?.["singleton"];
      if (refused) throw new Error(refused.description ?? refused.type);
      await queries.invalidateQueries({ queryKey: ["vacation"] });
      toast(t("saved"));
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <Stack maw={520}>
      <Text size="sm" c="dimmed">
        {t("vacationHint")}
      </Text>
      <Switch label={t("vacationOn")} checked={isEnabled} onChange={(e) => setEnabled(e.currentTarget.checked)} />
      <Group grow>
        <TextInput type="date" label={t("fromDay")} value={fromDate} onChange={(e) => setFrom(e.currentTarget.value)} />
        <TextInput type="date" label={t("toDay")} value={toDate} onChange={(e) => setTo(e.currentTarget.value)} />
      </Group>
      <TextInput label={t("subject")} value={subject} onChange={(e) => setSubject(e.currentTarget.value)} placeholder={t("vacationSubject")} />
      <Textarea label={t("messageText")} autosize minRows={4} value={textBody} onChange={(e) => setText(e.currentTarget.value)} />
      <Button onClick={() => void save()} style={{ alignSelf: "flex-start" }}>
        {t("save")}
      </Button>
    </Stack>
  );
}
