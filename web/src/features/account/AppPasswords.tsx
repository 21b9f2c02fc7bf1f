import { Accordion, Alert, Anchor, Button, Card, Code, CopyButton, Group, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useApp } from "../../app/context";
import { request } from "../../api/http";
import type { AppPassword, AppPasswordMade, MailProgramSettings, MailService } from "../../api/types";
import { toast, toastError } from "../../app/toasts";
import { t } from "../../texts";
import { dateTime } from "../../texts/format";

/** A password of its own for each mail program and phone, taken away alone, with how to set each up. */
export function AppPasswords() {
  const { session } = useApp();
  const queries = useQueryClient();
  const { data } = useQuery({ queryKey: ["app-passwords"], queryFn: () => request<AppPassword[]>("GET", "/api/account/app-passwords") });
  const [label, setLabel] = useState("");
  const [made, setMade] = useState<AppPasswordMade | null>(null);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    try {
      setMade(await request<AppPasswordMade>("POST", "/api/account/app-passwords", { label: label.trim() }));
      setLabel("");
      await queries.invalidateQueries({ queryKey: ["app-passwords"] });
    } catch (error) {
      toastError(error);
    }
  };
  const remove = async (id: number) => {
    try {
      await request("DELETE", `/api/account/app-passwords/${id}`);
      await queries.invalidateQueries({ queryKey: ["app-passwords"] });
      toast(t("appPasswordRemoved"));
    } catch (error) {
      toastError(error);
    }
  };
  const { data: settings } = useQuery({ queryKey: ["mail-programs"], queryFn: () => request<MailProgramSettings>("GET", "/api/account/mail-programs") });
  const line = (service: MailService | null | undefined, protocol: string) => (service && settings ? `${settings.host}, ${protocol}, ${service.port}, ${service.implicitTls ? "SSL/TLS" : "STARTTLS"}` : "…");
  return (
    <Stack maw={720}>
      <Text size="sm" c="dimmed">
        {t("appPasswordsHint")}
      </Text>
      <form onSubmit={(e) => void add(e)}>
        <Group align="end">
          <TextInput label={t("appPasswordFor")} placeholder={t("appPasswordExample")} value={label} onChange={(e) => setLabel(e.currentTarget.value)} required withAsterisk={false} maxLength={100} style={{ flex: 1 }} />
          <Button type="submit">{t("makeAppPassword")}</Button>
        </Group>
      </form>
      {made && (
        <Alert color="teal" title={t("appPasswordMade", { label: made.label })} withCloseButton closeButtonLabel={t("close")} onClose={() => setMade(null)}>
          <Group>
            <Code fz="lg">{made.password}</Code>
            <CopyButton value={made.password}>
              {({ copied, copy }) => (
                <Button size="compact-sm" variant="default" onClick={copy}>
                  {copied ? t("copied") : t("copy")}
                </Button>
              )}
            </CopyButton>
          </Group>
          <Text size="sm" mt="xs">
            {t("appPasswordOnce")}
          </Text>
        </Alert>
      )}
      {(data ?? []).map((one) => (
        <Card key={one.id} withBorder padding="sm">
          <Group justify="space-between">
            <div>
              <Text fw={600}>{one.label}</Text>
              <Text size="sm" c="dimmed">
                {t("madeOn", { date: dateTime(one.created) })}
              </Text>
            </div>
            <Button variant="default" color="red" size="compact-sm" onClick={() => void remove(one.id)}>
              {t("takeAway")}
            </Button>
          </Group>
        </Card>
      ))}
      <Title order={2} size="h4" mt="md">
        {t("setUpGuides")}
      </Title>
      <Table withRowBorders={false} verticalSpacing={4} maw={480}>
        <Table.Tbody>
          <Table.Tr>
            <Table.Td>{t("userName")}</Table.Td>
            <Table.Td>{session.login}</Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Td>{t("incomingServer")}</Table.Td>
            <Table.Td>{line(settings?.incoming, "IMAP")}</Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Td>{t("outgoingServer")}</Table.Td>
            <Table.Td>{line(settings?.outgoing, "SMTP")}</Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
      <Accordion variant="separated">
        {(["Outlook", "Thunderbird", "iPhone, iPad", "Android"] as const).map((program, n) => (
          <Accordion.Item key={program} value={program}>
            <Accordion.Control>{program}</Accordion.Control>
            <Accordion.Panel>
              <Text size="sm">{t((["guideOutlook", "guideThunderbird", "guideIos", "guideAndroid"] as const)[n] ?? "guideOutlook")}</Text>
              {program === "iPhone, iPad" && (
                <Anchor size="sm" href="/api/account/mobileconfig" mt="xs" display="inline-block">
                  {t("appleProfile")}
                </Anchor>
              )}
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Stack>
  );
}
