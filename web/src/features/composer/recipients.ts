import { useQuery } from "@tanstack/react-query";
import { useApp } from "../../app/context";
import { Batch, from } from "../../jmap/client";
import type { ContactCard, EmailAddress, EmailRow, GetResult } from "../../jmap/types";
import { fold } from "../../texts";

const looked = 400;

export interface PastRecipient extends EmailAddress {
  /** How often, what is recent counting more. */
  weight: number;
}

/** Counts to whom messages went, the latest first in `rows`. */
export function countRecipients(rows: readonly { to: EmailAddress[] | null; cc?: EmailAddress[] | null }[]): PastRecipient[] {
  const known = new Map<string, PastRecipient>();
  rows.forEach((row, n) => {
    for (const address of [...(row.to ?? []), ...(row.cc ?? [])]) {
      const key = address.email.toLowerCase();
      const weight = 1 / (1 + n / 50);
      const before = known.get(key);
      if (before) {
        before.weight += weight;
        before.name ??= address.name;
      } else known.set(key, { ...address, weight });
    }
  });
  return [...known.values()].sort((a, b) => b.weight - a.weight);
}

/** Those of a list whose name or address has words that begin so, written with or without diacritics. */
export function matchRecipients<T extends EmailAddress>(list: readonly T[], text: string): T[] {
  const wanted = fold(text).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [];
  return list.filter((one) => {
    const words = fold(`${one.name ?? ""} ${one.email}`).split(/[\s@.,<>"()-]+/);
    const address = one.email.toLowerCase();
    return wanted.every((w) => address.startsWith(w) || words.some((word) => word.startsWith(w)));
  });
}

/** Who may be meant: those one has written to before, then the directory. */
export function useSuggestions(text: string): EmailAddress[] {
  const { client, mail } = useApp();
  const accountId = client.primaryAccount;
  const wanted = text.trim();
  const { data: past } = useQuery({
    queryKey: ["past-recipients", accountId],
    enabled: wanted.length > 0,
    staleTime: 10 * 60_000,
    queryFn: async () => {
      const sent = mail.mailbox(accountId, "sent");
      if (!sent) return [];
      const batch = new Batch();
      const query = batch.add("Email/query", { accountId, filter: { inMailbox: sent.id }, sort: [{ property: "receivedAt", isAscending: false }], limit: looked });
      const get = batch.add("Email/get", { accountId, "#ids": from(query, "/ids"), properties: ["to", "cc"] });
      return countRecipients((await client.send(batch)).of<GetResult<EmailRow & { cc: EmailAddress[] | null }>>(get).list);
    },
  });
  const { data: directory } = useQuery({
    queryKey: ["directory", wanted],
    enabled: wanted.length > 0,
    placeholderData: (before) => before,
    queryFn: async () => {
      const batch = new Batch();
      const query = batch.add("ContactCard/query", { accountId, filter: { text: wanted }, limit: 10 });
      const get = batch.add("ContactCard/get", { accountId, "#ids": from(query, "/ids") });
      return (await client.send(batch)).of<GetResult<ContactCard>>(get).list.flatMap((card) => Object.values(card.emails ?? {}).map((e): EmailAddress => ({ name: card.name?.full ?? null, email: e.address })));
    },
  });
  if (!wanted) return [];
  const found: EmailAddress[] = matchRecipients(past ?? [], wanted).slice(0, 5);
  for (const one of directory ?? []) if (!found.some((f) => f.email.toLowerCase() === one.email.toLowerCase())) found.push(one);
  return found;
}
