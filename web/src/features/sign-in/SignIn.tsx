import { Alert, Anchor, Button, Checkbox, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useState, type FormEvent } from "react";
import { request, RequestError } from "../../api/http";
import { hasPasskeys, signInWithPasskey } from "../../api/passkeys";
import type { SessionInfo } from "../../api/types";
import { getLanguage, setLanguage, t, type TextKey } from "../../texts";

const errors: Record<string, TextKey> = {
  wrongCredentials: "signInWrong",
  suspended: "signInSuspended",
  tooManyFailures: "signInTooMany",
  codeRequired: "signInCodeRequired",
  codeWrong: "signInCodeWrong",
  wrongPasskey: "signInPasskeyWrong",
  offline: "errorOffline",
};

/** The first page: name and password, and a code where the account asks for one. */
export function SignIn({ reason, onSignedIn }: { reason: string | null; onSignedIn: (session: SessionInfo) => void }) {
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [asksCode, setAsksCode] = useState(false);
  const [publicComputer, setPublic] = useState(false);
  const [error, setError] = useState<TextKey | null>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      onSignedIn(await request<SessionInfo>("POST", "/api/session", { login: login.trim(), password, publicComputer, ...(code ? { code } : {}) }));
    } catch (failure) {
      const found = failure instanceof RequestError ? failure.code : "";
      if (found === "codeRequired" || found === "codeWrong") setAsksCode(true);
      setError(errors[found] ?? "signInFailed");
      setBusy(false);
    }
  };

  const byPasskey = async () => {
    setError(null);
    try {
      onSignedIn(await signInWithPasskey(publicComputer));
    } catch (failure) {
      if (failure instanceof DOMException) return;
      setError(errors[failure instanceof RequestError ? failure.code : ""] ?? "signInFailed");
    }
  };

  return (
    <div className="sign-in">
      <main className="sign-in-main">
        <Group gap="sm" mb="lg" wrap="nowrap">
          <img src="/icon.svg" alt="" width={44} height={44} />
          <div>
            <Title order={1} size="h2" className="brand">
              {t("appName")}
            </Title>
            <Text size="sm" c="dimmed">
              {t("appSubtitle")}
            </Text>
          </div>
        </Group>
        <Paper withBorder shadow="sm" radius="lg" p={{ base: "lg", sm: "xl" }}>
          <form onSubmit={(event) => void submit(event)}>
            <Stack>
              <Title order={2} size="h4">
                {t("signIn")}
              </Title>
              {reason === "expired" && !error && <Alert color="yellow">{t("signInExpired")}</Alert>}
              {error && (
                <Alert color="red" role="alert">
                  {t(error)}
                </Alert>
              )}
              <TextInput label={t("signInLogin")} name="username" autoComplete="username" autoCapitalize="none" spellCheck={false} required autoFocus value={login} onChange={(e) => setLogin(e.currentTarget.value)} withAsterisk={false} />
              <PasswordInput
                label={t("password")}
                name="password"
                autoComplete="current-password"
                required
                withAsterisk={false}
                value={password}
                onChange={(e) => setPassword(e.currentTarget.value)}
                visibilityToggleButtonProps={{ "aria-label": t("showPassword") }}
              />
              {asksCode && <TextInput label={t("signInCode")} inputMode="numeric" autoComplete="one-time-code" autoFocus value={code} onChange={(e) => setCode(e.currentTarget.value)} />}
              <Checkbox label={t("signInPublic")} description={t("signInPublicHint")} checked={publicComputer} onChange={(e) => setPublic(e.currentTarget.checked)} />
              <Button type="submit" loading={busy} size="md" fullWidth>
                {t("signIn")}
              </Button>
              {hasPasskeys() && (
                <Button variant="default" size="md" fullWidth leftSection={<IconFingerprint size={19} />} onClick={() => void byPasskey()}>
                  {t("signInPasskey")}
                </Button>
              )}
            </Stack>
          </form>
        </Paper>
        <Group justify="space-between" mt="md">
          <Text size="sm" c="dimmed">
            {t("signInHelp")}
          </Text>
          <Anchor component="button" type="button" size="sm" onClick={() => void setLanguage(getLanguage() === "vi" ? "en" : "vi")}>
            {t("otherLanguage")}
          </Anchor>
        </Group>
      </main>
    </div>
  );
}
