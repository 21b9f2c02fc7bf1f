import { Badge, Button, Card, Group, Loader, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { request } from "../../api/http";
import type { SessionItem, SignInAttempt } from "../../api/types";
import { toast, toastError } from "../../app/toasts";
import { t } from "../../texts";
import { dateTime } from "../../texts/format";
import { deviceName } from "./device";

/** A12.3: where one is signed in, ended from here, and who tried. */
export function Sessions() {
  const queries = useQueryClient();
  const { data: sessions } = useQuery({ queryKey: ["sessions"], queryFn: () => request<SessionItem[]>("GET", "/api/account/sessions"), staleTime: 0 });
  const { data: attempts } = useQuery({ queryKey: ["sign-ins"], queryFn: () => request<SignInAttempt[]>("GET", "/api/account/sign-ins"), staleTime: 0 });
  const end = async (path: string) => {
    try {
      await request("DELETE", path);
      await queries.invalidateQueries({ queryKey: ["sessions"] });
      toast(t("sessionEnded"));
    } catch (error) {
      toastError(error);
    }
  };
  if (!sessions) return <Loader aria-label={t("loading")} />;
  return (
    <Stack maw={760}>
      {sessions.map((one) => (
        <Card key={one.id} withBorder padding="sm">
          <Group justify="space-between">
            <div>
              <Group gap="xs">
                <Text fw={600}>{deviceName(one.userAgent)}</Text>
                {one.isCurrent && <Badge color="teal" variant="light">{t("thisDevice")}</Badge>}
                {one.publicComputer && <Badge color="orange" variant="light">{t("publicComputer")}</Badge>}
              </Group>
              <Text size="sm" c="dimmed">
                {t("sessionFacts", { remote: one.remote, created: dateTime(one.created), used: dateTime(one.lastUsed) })}
              </Text>
            </div>
            {!one.isCurrent && (
              <Button variant="default" size="compact-sm" onClick={() => void end(`/api/account/sessions/${one.id}`)}>
                {t("signOutThere")}
              </Button>
            )}
          </Group>
        </Card>
      ))}
      {sessions.length > 1 && (
        <Button variant="light" style={{ alignSelf: "flex-start" }} onClick={() => void end("/api/account/sessions")}>
          {t("signOutOthers")}
        </Button>
      )}
      <Title order={2} size="h4" mt="md">
        {t("signInHistory")}
      </Title>
      <Table.ScrollContainer minWidth={480} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("time")}</Table.Th>
              <Table.Th>{t("device")}</Table.Th>
              <Table.Th>{t("networkAddress")}</Table.Th>
              <Table.Th>{t("result")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {(attempts ?? []).slice(0, 50).map((a, n) => (
              <Table.Tr key={`${a.at}${n}`}>
                <Table.Td>{dateTime(a.at)}</Table.Td>
                <Table.Td>{deviceName(a.userAgent)}</Table.Td>
                <Table.Td>{a.remote}</Table.Td>
                <Table.Td>{a.succeeded ? t("succeeded") : <Text c="red" size="sm">{t("failed")}</Text>}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
