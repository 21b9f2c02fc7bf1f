import { Button, Card, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useEffect } from "react";
import { useApp } from "../../app/context";
import { nameOf } from "../../app/people";
import { toast, toastError } from "../../app/toasts";
import type { Id } from "../../jmap/types";
import { t } from "../../texts";
import { longDate } from "../../texts/format";
import { useComposer } from "../composer/host";
import { cancelScheduled, useScheduled, type Scheduled } from "./useScheduled";

/** What is to be sent later: seen, taken back, changed. */
export default function ScheduledPage({ accountId }: { accountId: Id }) {
  const { client, mail } = useApp();
  const openComposer = useComposer();
  const list = useScheduled(accountId);
  useEffect(() => {
    document.title = `${t("scheduled")} – ${t("appName")}`;
  }, []);
  const cancel = async ({ submission }: Scheduled, edit: boolean) => {
    try {
      if (!(await cancelScheduled(client, mail, accountId, submission.id))) return toast(t("undoTooLate"), { isError: true });
      if (edit) openComposer({ kind: "draft", accountId, emailId: submission.emailId });
      else toast(t("scheduleCanceled"));
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <section className="page" aria-labelledby="scheduled-title">
      <Title order={1} size="h3" id="scheduled-title" mb="md">
        {t("scheduled")}
      </Title>
      {!list && <Loader aria-label={t("loading")} />}
      {list?.length === 0 && <Text c="dimmed">{t("nothingScheduled")}</Text>}
      <Stack maw={760} gap="sm">
        {list?.map((one) => (
          <Card key={one.submission.id} withBorder padding="sm">
            <Group justify="space-between" align="start">
              <div className="page-grow">
                <Text fw={600} lineClamp={1}>
                  {one.email?.subject || t("noSubject")}
                </Text>
                <Text size="sm" c="dimmed" lineClamp={1}>
                  {t("toWhom", { who: one.email?.to?.map(nameOf).join(", ") || t("nobody") })}
                </Text>
                <Text size="sm">{t("scheduledFor", { date: longDate(one.submission.sendAt) })}</Text>
              </div>
              <Group gap="xs">
                <Button size="compact-sm" variant="default" onClick={() => void cancel(one, true)}>
                  {t("editAgain")}
                </Button>
                <Button size="compact-sm" variant="default" onClick={() => void cancel(one, false)}>
                  {t("cancelSchedule")}
                </Button>
              </Group>
            </Group>
          </Card>
        ))}
      </Stack>
    </section>
  );
}
