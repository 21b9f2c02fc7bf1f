import { Text, Title } from "@mantine/core";
import { useEffect, useState } from "react";
import { formatAddress, nameOf } from "../../app/people";
import type { Id } from "../../jmap/types";
import { StillFrame } from "../reader/StillFrame";
import { t } from "../../texts";
import { longDate } from "../../texts/format";
import { keptMessages, type KeptMessage } from "./store";

/** A message as it was when it was read with a network. */
export function OfflineMessage({ message }: { message: KeptMessage }) {
  return (
    <article className="card" aria-label={t("messageFrom", { who: message.from?.map(nameOf).join(", ") ?? "" })}>
      <Title order={2} size="h4" mb={6}>
        {message.subject || t("noSubject")}
      </Title>
      <Text size="sm">{message.from?.map(formatAddress).join(", ")}</Text>
      <Text size="sm" c="dimmed">
        {t("toWhom", { who: [...(message.to ?? []), ...(message.cc ?? [])].map(nameOf).join(", ") || t("nobody") })}
      </Text>
      <Text size="sm" c="dimmed" mb="sm">
        {longDate(message.date)}
      </Text>
      <StillFrame html={message.html} />
      {message.attachments.length > 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          {t("attachmentsLater", { names: message.attachments.join(", ") })}
        </Text>
      )}
    </article>
  );
}

/** The messages of a conversation that were read before; says so when there are none. */
export default function OfflineThread({ threadId }: { threadId: Id }) {
  const [messages, setMessages] = useState<KeptMessage[]>([]);
  useEffect(() => void keptMessages().then((all) => setMessages(all.filter((m) => m.threadId === threadId).reverse())), [threadId]);
  return (
    <>
      {messages.map((one) => (
        <OfflineMessage key={one.id} message={one} />
      ))}
    </>
  );
}
