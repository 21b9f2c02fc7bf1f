import { Alert, Button, Card, FileInput, Group, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApp } from "../../app/context";
import { toast } from "../../app/toasts";
import { t } from "../../texts";
import { longDate } from "../../texts/format";
import { describe, KeyFileError, read, readKeyFile } from "./cms";
import { forgetOwn, keepOwn, others, ownKeys } from "./keys";

/** Certificates with which mail is signed and encrypted: own ones, from a file, and those of people who have written signed mail. They stay in this browser. */
export default function Certificates() {
  const { session } = useApp();
  const queries = useQueryClient();
  const { data } = useQuery({ queryKey: ["certificates"], enabled: !session.publicComputer, queryFn: async () => ({ own: await ownKeys(session.login), others: await others(session.login) }) });
  const [file, setFile] = useState<File | null>(null);
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  if (session.publicComputer) return <Alert color="orange">{t("smimeNotOnPublic")}</Alert>;
  const add = async () => {
    if (!file) return;
    setBusy(true);
    setProblem(null);
    try {
      const key = await readKeyFile(await file.arrayBuffer(), password);
      const person = describe(read(key.certificate));
      if (person.emails.length === 0) throw new KeyFileError("noKey");
      await keepOwn(session.login, key, person);
      await queries.invalidateQueries({ queryKey: ["certificates"] });
      await queries.invalidateQueries({ queryKey: ["smime"] });
      setFile(null);
      setPassword("");
      toast(t("certificateAdded", { who: person.emails.join(", ") }));
    } catch (error) {
      setProblem(t(error instanceof KeyFileError && error.reason === "password" ? "certificatePassword" : error instanceof KeyFileError && error.reason === "noKey" ? "certificateNoKey" : "certificateUnreadable"));
    }
    setBusy(false);
  };
  return (
    <Stack maw={560}>
      <Text size="sm">{t("certificatesHint")}</Text>
      {data?.own.map((key) => {
        const person = describe(read(key.certificate));
        return (
          <Card key={key.email} withBorder padding="sm">
            <Group justify="space-between">
              <div>
                <Text fw={600}>{key.email}</Text>
                <Text size="sm" c="dimmed">
                  {t("certificateOf", { who: person.name, issuer: person.issuer, date: longDate(person.until.toISOString()) })}
                </Text>
              </div>
              <Button variant="subtle" color="red" onClick={() => void forgetOwn(session.login, key.email).then(() => queries.invalidateQueries({ queryKey: ["certificates"] }))}>
                {t("certificateForget")}
              </Button>
            </Group>
          </Card>
        );
      })}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <Stack>
          <FileInput label={t("certificateFile")} placeholder=".p12, .pfx" accept=".p12,.pfx,application/x-pkcs12" value={file} onChange={setFile} />
          <PasswordInput label={t("certificateFilePassword")} autoComplete="off" value={password} onChange={(e) => setPassword(e.currentTarget.value)} error={problem} />
          <Group>
            <Button type="submit" disabled={!file} loading={busy}>
              {t("certificateAdd")}
            </Button>
          </Group>
        </Stack>
      </form>
      <Title order={2} size="h5" mt="md">
        {t("certificatesOfOthers")}
      </Title>
      {data?.others.length === 0 && <Text size="sm" c="dimmed">{t("certificatesOfOthersNone")}</Text>}
      {data?.others.map((one) => (
        <Text key={one.email} size="sm">
          {t("certificateOfOther", { who: one.name, email: one.email, date: longDate(one.until.toISOString()) })}
        </Text>
      ))}
    </Stack>
  );
}
