import { Card, Progress, SimpleGrid, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { request } from "../../api/http";
import type { Health } from "../../api/types";
import { t } from "../../texts";
import { count, dateTime, size } from "../../texts/format";

/** Days before the end of a certificate that one should have begun to renew it. */
const certificateDays = 21;

/** How the system is doing, at a glance. */
export function HealthPage() {
  const { data } = useQuery({ queryKey: ["admin", "health"], queryFn: () => request<Health>("GET", "/api/admin/health"), refetchInterval: 10_000, staleTime: 0 });
  if (!data) return null;
  const used = data.diskBytes - data.diskFreeBytes;
  const share = (used / data.diskBytes) * 100;
  const facts: [string, string][] = [
    [t("accounts"), count(data.accounts)],
    [t("messages"), count(data.messages)],
    [t("mailStored"), size(data.usedBytes)],
    [t("queued"), count(data.queued)],
    [t("indexBacklog"), count(data.indexBacklog)],
    [t("memory"), size(data.memoryBytes)],
    [t("runningSince"), dateTime(data.startedAt)],
  ];
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} maw={860}>
      {facts.map(([name, value]) => (
        <Card key={name} withBorder>
          <Text size="sm" c="dimmed">
            {name}
          </Text>
          <Text fw={700} fz={22}>
            {value}
          </Text>
        </Card>
      ))}
      <Card withBorder>
        <Text size="sm" c="dimmed">
          {t("certificateUntil")}
        </Text>
        <Text fw={700} fz={22} {...(Date.parse(data.certificateExpiresAt) - Date.now() < certificateDays * 86_400_000 ? { c: "red" } : {})}>
          {dateTime(data.certificateExpiresAt)}
        </Text>
      </Card>
      <Card withBorder>
        <Text size="sm" c="dimmed">
          {t("disk")}
        </Text>
        <Text fw={700} fz={22}>
          {t("freeOf", { free: size(data.diskFreeBytes), total: size(data.diskBytes) })}
        </Text>
        <Progress value={share} color={share > 90 ? "red" : share > 80 ? "yellow" : "teal"} mt="xs" aria-label={t("disk")} />
      </Card>
    </SimpleGrid>
  );
}
