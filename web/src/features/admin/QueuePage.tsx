import { Button, Card, Group, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { request } from "../../api/http";
import type { QueuedMessage } from "../../api/types";
import { toast, toastError } from "../../app/toasts";
import { t } from "../../texts";
import { dateTime, size } from "../../texts/format";

/** What waits to be sent to other servers, and why. */
export function QueuePage() {
  const queries = useQueryClient();
  const { data } = useQuery({ queryKey: ["admin", "queue"], queryFn: () => request<QueuedMessage[]>("GET", "/api/admin/queue"), refetchInterval: 15_000, staleTime: 0 });
  const act = async (method: string, path: string, done: string) => {
    try {
      await request(method, path, method === "POST" ? {} : undefined);
      toast(done);
      await queries.invalidateQueries({ queryKey: ["admin", "queue"] });
    } catch (error) {
      toastError(error);
    }
  };
  if (data?.length === 0) return <Text c="dimmed">{t("queueEmpty")}</Text>;
  return (
    <Stack maw={860}>
      {(data ?? []).map((message) => (
        <Card key={message.id} withBorder padding="sm">
          <Group justify="space-between" align="start">
            <div>
              <Text fw={600}>{message.sender || t("systemNotice")}</Text>
              <Text size="sm" c="dimmed">
                {t("queueFacts", { created: dateTime(message.created), expires: dateTime(message.expires), size: size(message.size) })}
              </Text>
            </div>
            <Group gap="xs">
              <Button size="compact-sm" variant="default" onClick={() => void act("POST", `/api/admin/queue/${message.id}/retry`, t("retrying"))}>
                {t("retryNow")}
              </Button>
              <Button size="compact-sm" variant="default" color="red" onClick={() => window.confirm(t("dropAsk")) && void act("DELETE", `/api/admin/queue/${message.id}`, t("dropped"))}>
                {t("drop")}
              </Button>
            </Group>
          </Group>
          {message.recipients.map((r) => (
            <Text key={r.id} size="sm" mt={6}>
              {r.address} – {t("attemptsN", { n: r.attempts, next: dateTime(r.nextAttempt) })}
              {r.lastStatus && (
                <Text span c="dimmed" size="sm">
                  {" "}
                  {r.lastStatus}
                </Text>
              )}
            </Text>
          ))}
        </Card>
      ))}
    </Stack>
  );
}
