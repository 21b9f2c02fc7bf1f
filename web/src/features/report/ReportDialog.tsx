import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { request } from "../../api/http";
import { toast, toastError } from "../../app/toasts";
import { t } from "../../texts";

/** Tells who operates the system of a problem, with what they need to look into it. */
export default function ReportDialog({ messageId, subject, onClose }: { messageId?: string | null; subject?: string | null; onClose: () => void }) {
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await request("POST", "/api/account/report", { text: text.trim(), page: location.pathname, messageId: messageId ?? null });
      toast(t("reportSent"));
      onClose();
    } catch (error) {
      toastError(error);
    }
    setBusy(false);
  };
  return (
    <Modal opened onClose={onClose} title={t("reportProblem")} closeButtonProps={{ "aria-label": t("close") }}>
      <form onSubmit={(e) => void send(e)}>
        <Stack>
          <Text size="sm">{t("reportHint")}</Text>
          {messageId && (
            <Text size="sm" c="dimmed">
              {t("reportAbout", { subject: subject || t("noSubject") })}
            </Text>
          )}
          <Textarea label={t("reportText")} required withAsterisk={false} autosize minRows={4} maxRows={12} maxLength={10_000} value={text} onChange={(e) => setText(e.currentTarget.value)} data-autofocus />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={busy} disabled={!text.trim()}>
              {t("sendReport")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
