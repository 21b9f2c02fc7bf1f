import { Select, Stack, Switch, Text } from "@mantine/core";
import { useApp } from "../../app/context";
import type { Preferences } from "../../api/types";
import { toast } from "../../app/toasts";
import { t } from "../../texts";

/** How the webmail looks and behaves; kept by the server, so that it is the same everywhere. */
export function General() {
  const { preferences, setPreferences } = useApp();
  const notify = async (wanted: boolean) => {
    if (wanted && "Notification" in window && (await Notification.requestPermission()) !== "granted") {
      toast(t("notificationsDenied"), { isError: true });
      return;
    }
    setPreferences({ notifications: wanted });
  };
  return (
    <Stack maw={480}>
      <Select label={t("language")} allowDeselect={false} value={preferences.language ?? "vi"} onChange={(v) => setPreferences({ language: v as "vi" | "en" })} data={[{ value: "vi", label: "Tiếng Việt" }, { value: "en", label: "English" }]} />
      <Select
        label={t("appearance")}
        allowDeselect={false}
        value={preferences.colorScheme ?? "auto"}
        onChange={(v) => setPreferences({ colorScheme: v as NonNullable<Preferences["colorScheme"]> })}
        data={[{ value: "auto", label: t("asDevice") }, { value: "light", label: t("light") }, { value: "dark", label: t("dark") }]}
      />
      <Select
        label={t("textSize")}
        allowDeselect={false}
        value={preferences.textSize ?? "normal"}
        onChange={(v) => setPreferences({ textSize: v as NonNullable<Preferences["textSize"]> })}
        data={[{ value: "small", label: t("small") }, { value: "normal", label: t("normal") }, { value: "large", label: t("large") }]}
      />
      <Select
        label={t("undoSendFor")}
        allowDeselect={false}
        value={String(preferences.undoSeconds ?? 10)}
        onChange={(v) => setPreferences({ undoSeconds: Number(v) })}
        data={[0, 5, 10, 20, 30].map((n) => ({ value: String(n), label: n === 0 ? t("undoOff") : t("secondsN", { n }) }))}
      />
      <Switch label={t("conversationView")} description={t("conversationViewHint")} checked={preferences.conversations ?? true} onChange={(e) => setPreferences({ conversations: e.currentTarget.checked })} />
      <Switch label={t("desktopNotifications")} description={t("desktopNotificationsHint")} checked={preferences.notifications ?? false} onChange={(e) => void notify(e.currentTarget.checked)} />
      {(preferences.trustedSenders?.length ?? 0) > 0 && (
        <Text size="sm" c="dimmed">
          {t("trustedSendersN", { n: preferences.trustedSenders?.length ?? 0 })}
        </Text>
      )}
    </Stack>
  );
}
