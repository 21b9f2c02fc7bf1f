import { queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { useApp, type AppContext } from "../app/context";
import { Batch, from } from "../jmap/client";
import type { Email, EmailRow, GetResult, Id, Identity, Mailbox, Quota, Thread } from "../jmap/types";
import { viewKey, type MailList, type View } from "./mailList";

export const bodyProperties = [
  "id", "blobId", "threadId", "mailboxIds", "keywords", "size", "receivedAt", "from", "to", "subject", "hasAttachment", "preview",
  "messageId", "inReplyTo", "references", "sender", "cc", "bcc", "replyTo", "sentAt", "bodyValues", "textBody", "htmlBody", "attachments",
  "header:Authentication-Results:asText:all", "header:Content-Type:asText",
];

const roleOrder = ["inbox", "drafts", "sent", "archive", "junk", "trash"];

/** The folders of an account: those with a task first, in the order of the day's work, then the others by name. */
export function useMailboxes(accountId: Id): Mailbox[] {
  const { client } = useApp();
  const { data } = useQuery({
    queryKey: ["mailboxes", accountId],
    queryFn: async () => {
      const list = (await client.call<GetResult<Mailbox>>("Mailbox/get", { accountId, ids: null })).list;
      const rank = (m: Mailbox) => (m.role ? (roleOrder.indexOf(m.role) + 1 || 50) : 100);
      return list.sort((a, b) => rank(a) - rank(b) || a.sortOrder - b.sortOrder || a.name.localeCompare(b.name, "vi"));
    },
  });
  return data ?? [];
}

export function useQuota(accountId: Id): Quota | null {
  const { client } = useApp();
  const { data } = useQuery({
    queryKey: ["quota", accountId],
    queryFn: async () => (await client.call<GetResult<Quota>>("Quota/get", { accountId, ids: null })).list,
  });
  return data?.find((q) => q.resourceType === "octets") ?? null;
}

export interface OwnIdentity extends Identity {
  accountId: Id;
}

/** From whom one may send: the identities of every account that one has. */
export function useIdentities(): OwnIdentity[] {
  const { client } = useApp();
  const { data } = useQuery({
    queryKey: ["identities"],
    queryFn: async () => {
      const batch = new Batch();
      const calls = Object.keys(client.session.accounts).map((accountId) => ({ accountId, call: batch.add("Identity/get", { accountId, ids: null }) }));
      const answers = await client.send(batch);
      return calls.flatMap(({ accountId, call }) => answers.of<GetResult<Identity>>(call).list.map((identity) => ({ ...identity, accountId })));
    },
  });
  return data ?? [];
}

/** A list, drawn again when it changes. */
export function useMailList(view: View): MailList {
  const { mail } = useApp();
  const key = viewKey(view);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the key is the view
  const list = useMemo(() => mail.list(view), [mail, key]);
  useSyncExternalStore(list.subscribe, () => list.version);
  useEffect(() => {
    if (list.state === "ready") void list.refresh();
    else list.want(0, 0);
  }, [list]);
  return list;
}

/** Draws again when anything known of messages changes. */
export function useStoreVersion(): number {
  const { mail } = useApp();
  return useSyncExternalStore(mail.store.subscribe, () => mail.store.version);
}

/** How the messages of a conversation are fetched with their texts, oldest first. */
export function threadQuery({ client, mail }: Pick<AppContext, "client" | "mail">, accountId: Id, threadId: Id) {
  return queryOptions({
    queryKey: ["thread", accountId, threadId],
    queryFn: async (): Promise<Email[]> => {
      const batch = new Batch();
      const thread = batch.add("Thread/get", { accountId, ids: [threadId] });
      const get = batch.add("Email/get", {
        accountId,
        "#ids": from(thread, "/list/*/emailIds"),
        properties: bodyProperties,
        fetchTextBodyValues: true,
        fetchHTMLBodyValues: true,
        maxBodyValueBytes: 500_000,
      });
      const answers = await client.send(batch);
      const emails = answers.of<GetResult<Email>>(get).list;
      mail.store.putThreads(accountId, answers.of<GetResult<Thread>>(thread).list);
      mail.store.put(accountId, emails);
      return emails.sort((a, b) => a.receivedAt.localeCompare(b.receivedAt));
    },
    staleTime: 60_000,
  });
}

/** The messages of a conversation with their texts, oldest first. */
export function useThread(accountId: Id, threadId: Id) {
  return useQuery(threadQuery(useApp(), accountId, threadId));
}

/** What a row of a list stands for: a message, or a conversation with all its messages that are known. */
export function conversationOf(mail: { store: { get(a: Id, i: Id): EmailRow | undefined; thread(a: Id, t: Id): Id[] | undefined } }, accountId: Id, row: EmailRow): EmailRow[] {
  const ids = mail.store.thread(accountId, row.threadId);
  if (!ids || ids.length < 2) return [row];
  const rows = ids.map((id) => mail.store.get(accountId, id)).filter((r): r is EmailRow => r !== undefined);
  return rows.length > 0 ? rows : [row];
}
