import { Alert, Button, List, PasswordInput, Stack, ThemeIcon } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconCheck, IconCircle } from "@tabler/icons-react";
import { useState, type FormEvent } from "react";
import { request, RequestError } from "../../api/http";
import type { PasswordRules } from "../../api/types";
import { t, type TextKey } from "../../texts";
import { checkPassword, type PasswordFault } from "./passwordRules";

const texts: Record<PasswordFault, TextKey> = { tooShort: "ruleLength", noLower: "ruleLower", noUpper: "ruleUpper", noDigit: "ruleDigit", noSpecial: "ruleSpecial", sameAsBefore: "ruleDifferent" };

// What only the server can tell.
const refused: Record<string, TextKey> = { hasName: "ruleName", hasBirthDate: "ruleBirthDate", common: "ruleCommon", used: "ruleUsed" };

/** Why the server did not take a password. */
function whyRefused(failure: unknown): string {
  const rules = failure instanceof RequestError ? ((failure.details as { rules?: string[] } | null)?.rules ?? []) : [];
  const told = rules.flatMap((rule) => (refused[rule] ? [t(refused[rule])] : []));
  return told.length > 0 ? `${t("passwordTooWeak")} ${told.join("; ")}.` : t("passwordTooWeak");
}

/** A new password, with the Regulation's rules shown as they are met (A12.1). */
export function PasswordForm({ onChanged }: { onChanged: () => void }) {
  const { data: rules } = useQuery({ queryKey: ["password-rules"], queryFn: () => request<PasswordRules>("GET", "/api/account/password-rules") });
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const min = rules?.minChars ?? 8;
  const faults = new Set(checkPassword(next, current, min));
  const differs = again.length > 0 && again !== next;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (faults.size > 0 || again !== next) return setError(t(again !== next ? "passwordsDiffer" : "passwordTooWeak"));
    setBusy(true);
    setError(null);
    try {
      await request("POST", "/api/account/password", { current, new: next });
      setCurrent("");
      setNext("");
      setAgain("");
      onChanged();
    } catch (failure) {
      const code = failure instanceof RequestError ? failure.code : "";
      setError(code === "rules" ? whyRefused(failure) : t(code === "wrongCredentials" ? "currentWrong" : code === "tooManyFailures" ? "signInTooMany" : "passwordFailed"));
    }
    setBusy(false);
  };
  const toggle = { "aria-label": t("showPassword") };
  return (
    <form onSubmit={(e) => void submit(e)}>
      <Stack maw={420}>
        {error && (
          <Alert color="red" role="alert">
            {error}
          </Alert>
        )}
        <PasswordInput label={t("currentPassword")} autoComplete="current-password" required withAsterisk={false} value={current} onChange={(e) => setCurrent(e.currentTarget.value)} visibilityToggleButtonProps={toggle} />
        <PasswordInput label={t("newPassword")} autoComplete="new-password" required withAsterisk={false} maxLength={rules?.maxChars ?? 256} value={next} onChange={(e) => setNext(e.currentTarget.value)} visibilityToggleButtonProps={toggle} aria-describedby="rules" />
        <List id="rules" spacing={4} size="sm" listStyleType="none" aria-label={t("passwordRules")}>
          {(Object.keys(texts) as PasswordFault[]).map((fault) => {
            const isMet = next.length > 0 && !faults.has(fault);
            return (
              <List.Item
                key={fault}
                icon={
                  <ThemeIcon size={18} radius="xl" color={isMet ? "teal" : "gray"} variant={isMet ? "filled" : "light"}>
                    {isMet ? <IconCheck size={12} aria-label={t("met")} /> : <IconCircle size={10} aria-label={t("notMet")} />}
                  </ThemeIcon>
                }
              >
                {t(texts[fault], { n: min })}
              </List.Item>
            );
          })}
        </List>
        <PasswordInput label={t("newPasswordAgain")} autoComplete="new-password" required withAsterisk={false} value={again} onChange={(e) => setAgain(e.currentTarget.value)} error={differs ? t("passwordsDiffer") : null} visibilityToggleButtonProps={toggle} />
        <Button type="submit" loading={busy} style={{ alignSelf: "flex-start" }}>
          {t("changePassword")}
        </Button>
      </Stack>
    </form>
  );
}
