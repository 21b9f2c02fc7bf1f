import { Alert, Button, Group, Text, Title, UnstyledButton } from "@mantine/core";
import { IconArrowLeft, IconCloudOff } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { nameOf } from "../../app/people";
import { t } from "../../texts";
import { shortDate } from "../../texts/format";
import { OfflineMessage } from "./OfflineMessage";
import { keptMessages, type KeptMessage } from "./store";

/** Without a network: what was read in this browser, to be read again. */
export default function OfflinePage({ onRetry }: { onRetry: () => void }) {
  const [messages, setMessages] = useState<KeptMessage[] | null>(null);
  const [opened, setOpened] = useState<KeptMessage | null>(null);
  useEffect(() => {
    document.title = `${t("offline")} – ${t("appName")}`;
    void keptMessages().then(setMessages);
    window.addEventListener("online", onRetry);
    return () => window.removeEventListener("online", onRetry);
  }, [onRetry]);
  return (
    <main className="offline-page">
      <Group justify="space-between" mb="md">
        <Title order={1} size="h3">
          {t("offline")}
        </Title>
        <Button onClick={onRetry}>{t("tryAgain")}</Button>
      </Group>
      <Alert color="yellow" icon={<IconCloudOff size={18} />} mb="md">
        {t("offlineHint")}
      </Alert>
      {opened ? (
        <>
          <Button variant="subtle" leftSection={<IconArrowLeft size={17} />} mb="sm" onClick={() => setOpened(null)}>
            {t("backToList")}
          </Button>
          <OfflineMessage message={opened} />
        </>
      ) : (
        <ul className="offline-list" aria-label={t("messages")}>
          {messages?.map((one) => (
            <li key={`${one.accountId}/${one.id}`}>
              <UnstyledButton className="offline-row" onClick={() => setOpened(one)}>
                <span className="row-line">
                  <span className="row-who">{one.from?.map(nameOf).join(", ") || t("nobody")}</span>
                  <time className="row-date" dateTime={one.date}>
                    {shortDate(one.date)}
                  </time>
                </span>
                <Text size="sm" truncate>
                  {one.subject || t("noSubject")}
                </Text>
              </UnstyledButton>
            </li>
          ))}
          {messages?.length === 0 && <li className="list-note">{t("nothingKept")}</li>}
        </ul>
      )}
    </main>
  );
}
