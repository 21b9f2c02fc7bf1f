import { Alert, Badge, Button, Code, Group, List, PasswordInput, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { renderSVG } from "uqr";
import { request, RequestError } from "../../api/http";
import type { AuthenticatorSecret, RecoveryCodes, SecondStepState } from "../../api/types";
import { toast } from "../../app/toasts";
import { t, type TextKey } from "../../texts";
import { save } from "../reader/download";

const errors: Record<string, TextKey> = { wrongCredentials: "currentWrong", tooManyFailures: "signInTooMany", codeWrong: "signInCodeWrong", offline: "errorOffline" };

function textOf(error: unknown): string {
  const code = error instanceof RequestError ? error.code : "";
  return t(errors[code] ?? "notDone");
}

/** The second step of signing in: a code of an application on the telephone (RFC 6238). */
export function SecondStep() {
  const queries = useQueryClient();
  const { data } = useQuery({ queryKey: ["second-step"], queryFn: () => request<SecondStepState>("GET", "/api/account/second-step") });
  const [step, setStep] = useState<"rest" | "password" | "scan" | "codes" | "end">("rest");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [secret, setSecret] = useState<AuthenticatorSecret | null>(null);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const [error, setError] = useState<string | null>(null);
  const leave = () => {
    setStep("rest");
    setPassword("");
    setCode("");
    setSecret(null);
    setError(null);
  };
  const run = (act: () => Promise<void>) => (event: FormEvent) => {
    event.preventDefault();
    setError(null);
    act().catch((failure: unknown) => setError(textOf(failure)));
  };
  const begin = run(async () => {
    setSecret(await request<AuthenticatorSecret>("POST", "/api/account/second-step", { password }));
    setPassword("");
    setStep("scan");
  });
  const confirm = run(async () => {
    setCodes((await request<RecoveryCodes>("POST", "/api/account/second-step/confirm", { code: code.trim() })).recoveryCodes);
    setCode("");
    setStep("codes");
    await queries.invalidateQueries({ queryKey: ["second-step"] });
  });
  const end = run(async () => {
    await request("POST", "/api/account/second-step/end", { password });
    leave();
    await queries.invalidateQueries({ queryKey: ["second-step"] });
    toast(t("secondStepEnded"));
  });
  const problem = error && (
    <Alert color="red" role="alert">
      {error}
    </Alert>
  );
  const passwordField = (
    <PasswordInput label={t("currentPassword")} autoComplete="current-password" required withAsterisk={false} value={password} onChange={(e) => setPassword(e.currentTarget.value)} visibilityToggleButtonProps={{ "aria-label": t("showPassword") }} data-autofocus />
  );
  return (
    <Stack maw={520} gap="sm">
      <Group gap="xs">
        <Text fw={600}>{t("secondStep")}</Text>
        {data && <Badge color={data.isOn ? "teal" : "gray"} variant={data.isOn ? "filled" : "default"}>{t(data.isOn ? "isOn" : "isOff")}</Badge>}
      </Group>
      <Text size="sm" c="dimmed">
        {t("secondStepHint")}
      </Text>
      {step === "rest" && data && (
        <Button variant={data.isOn ? "default" : "filled"} style={{ alignSelf: "flex-start" }} onClick={() => setStep(data.isOn ? "end" : "password")}>
          {t(data.isOn ? "secondStepEnd" : "secondStepBegin")}
        </Button>
      )}
      {(step === "password" || step === "end") && (
        <form onSubmit={step === "end" ? end : begin}>
          <Stack gap="sm">
            {problem}
            {passwordField}
            <Group>
              <Button type="submit">{t(step === "end" ? "secondStepEnd" : "goOn")}</Button>
              <Button variant="default" onClick={leave}>
                {t("cancel")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
      {step === "scan" && secret && (
        <form onSubmit={confirm}>
          <Stack gap="sm">
            {problem}
            <Text size="sm">{t("scanCode")}</Text>
            <img className="qr" alt={t("qrCode")} src={`data:image/svg+xml,${encodeURIComponent(renderSVG(secret.uri))}`} width={200} height={200} />
            <Text size="sm">
              {t("typeSecret")} <Code>{secret.secret.replace(/(.{4})/g, "$1 ").trim()}</Code>
            </Text>
            <TextInput label={t("signInCode")} inputMode="numeric" autoComplete="one-time-code" required withAsterisk={false} maxLength={10} value={code} onChange={(e) => setCode(e.currentTarget.value)} />
            <Group>
              <Button type="submit">{t("confirm")}</Button>
              <Button variant="default" onClick={leave}>
                {t("cancel")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
      {step === "codes" && (
        <Alert color="teal" title={t("recoveryCodes")}>
          <Text size="sm" mb="xs">
            {t("recoveryCodesHint")}
          </Text>
          <List listStyleType="none" aria-label={t("recoveryCodes")}>
            <SimpleGrid cols={2} spacing={4}>
              {codes.map((one) => (
                <List.Item key={one}>
                  <Code>{one}</Code>
                </List.Item>
              ))}
            </SimpleGrid>
          </List>
          <Group mt="sm">
            <Button size="compact-sm" variant="default" onClick={() => save(new Blob([codes.join("\r\n")], { type: "text/plain" }), "ma-du-phong.txt")}>
              {t("download")}
            </Button>
            <Button size="compact-sm" onClick={leave}>
              {t("codesKept")}
            </Button>
          </Group>
        </Alert>
      )}
    </Stack>
  );
}
