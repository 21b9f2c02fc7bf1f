import { Alert, Badge, Button, Card, Group, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { request, RequestError } from "../../api/http";
import { addPasskey, hasPasskeys } from "../../api/passkeys";
import type { PasskeyItem } from "../../api/types";
import { toast, toastError } from "../../app/toasts";
import { t } from "../../texts";
import { dateTime } from "../../texts/format";

/** Signing in by the lock of a telephone or a computer instead of a password. */
export function Passkeys() {
  const queries = useQueryClient();
  const { data } = useQuery({ queryKey: ["passkeys"], queryFn: () => request<PasskeyItem[]>("GET", "/api/account/passkeys") });
  const [adding, setAdding] = useState(false);
  const [label, setLabel] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await addPasskey(password, label.trim());
      await queries.invalidateQueries({ queryKey: ["passkeys"] });
      setAdding(false);
      setLabel("");
      toast(t("passkeyAdded"));
    } catch (failure) {
      const code = failure instanceof RequestError ? failure.code : "";
      setError(t(code === "wrongCredentials" ? "currentWrong" : code === "tooManyFailures" ? "signInTooMany" : failure instanceof DOMException ? "passkeyCanceled" : "notDone"));
    }
    setPassword("");
    setBusy(false);
  };
  const remove = async (id: number) => {
    try {
      await request("DELETE", `/api/account/passkeys/${id}`);
      await queries.invalidateQueries({ queryKey: ["passkeys"] });
      toast(t("passkeyRemoved"));
    } catch (failure) {
      toastError(failure);
    }
  };
  return (
    <Stack maw={520} gap="sm">
      <Text fw={600}>{t("passkeys")}</Text>
      <Text size="sm" c="dimmed">
        {t("passkeysHint")}
      </Text>
      {(data ?? []).map((one) => (
        <Card key={one.id} withBorder padding="sm">
          <Group justify="space-between">
            <div>
              <Group gap="xs">
                <Text fw={600}>{one.label}</Text>
                {one.isBackedUp && <Badge color="gray">{t("passkeySynced")}</Badge>}
              </Group>
              <Text size="sm" c="dimmed">
                {t("madeOn", { date: dateTime(one.created) })}
                {one.lastUsed && `, ${t("usedOn", { date: dateTime(one.lastUsed) })}`}
              </Text>
            </div>
            <Button variant="default" size="compact-sm" onClick={() => void remove(one.id)} aria-label={t("takeAwayOf", { name: one.label })}>
              {t("takeAway")}
            </Button>
          </Group>
        </Card>
      ))}
      {!hasPasskeys() ? (
        <Text size="sm">{t("passkeysUnknown")}</Text>
      ) : adding ? (
        <form onSubmit={(e) => void add(e)}>
          <Stack gap="sm">
            {error && (
              <Alert color="red" role="alert">
                {error}
              </Alert>
            )}
            <TextInput label={t("passkeyLabel")} placeholder={t("passkeyExample")} required withAsterisk={false} maxLength={100} value={label} onChange={(e) => setLabel(e.currentTarget.value)} />
            <PasswordInput label={t("currentPassword")} autoComplete="current-password" required withAsterisk={false} value={password} onChange={(e) => setPassword(e.currentTarget.value)} visibilityToggleButtonProps={{ "aria-label": t("showPassword") }} />
            <Group>
              <Button type="submit" loading={busy}>
                {t("goOn")}
              </Button>
              <Button variant="default" onClick={() => setAdding(false)}>
                {t("cancel")}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Button variant="default" style={{ alignSelf: "flex-start" }} onClick={() => setAdding(true)}>
          {t("addPasskey")}
        </Button>
      )}
    </Stack>
  );
}
