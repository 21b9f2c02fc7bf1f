import type { Filter, FilterCondition, Id, Mailbox } from "../../jmap/types";

/** What is looked for: some words, and what narrows them. In the address bar it is one line: `báo cáo from:hoant has:attachment after:2026-01-01`. */
export interface Query {
  text: string;
  from?: string;
  to?: string;
  subject?: string;
  after?: string;
  before?: string;
  folder?: Id;
  attachment?: boolean;
  unread?: boolean;
  starred?: boolean;
}

const names: Record<string, keyof Query> = { from: "from", từ: "from", to: "to", đến: "to", subject: "subject", "tiêu-đề": "subject", after: "after", sau: "after", before: "before", trước: "before", in: "folder", trong: "folder" };
const flags: Record<string, keyof Query> = { "has:attachment": "attachment", "có:tệp": "attachment", "is:unread": "unread", "is:starred": "starred" };

export function parseQuery(line: string): Query {
  const query: Query = { text: "" };
  const words: string[] = [];
  for (const word of line.normalize("NFC").match(/[^\s":]+:"[^"]*"|"[^"]*"|\S+/g) ?? []) {
    const flag = flags[word.toLowerCase()];
    const colon = word.indexOf(":");
    const name = colon > 0 ? names[word.slice(0, colon).toLowerCase()] : undefined;
    const value = word.slice(colon + 1).replace(/^"|"$/g, "");
    if (flag) Object.assign(query, { [flag]: true });
    else if (name && value && (!(name === "after" || name === "before") || /^\d{4}-\d{2}-\d{2}$/.test(value))) Object.assign(query, { [name]: value });
    else words.push(word);
  }
  query.text = words.join(" ");
  return query;
}

export function formatQuery(query: Query): string {
  const part = (name: string, value: string | undefined) => (value ? [`${name}:${/\s/.test(value) ? `"${value}"` : value}`] : []);
  return [
    ...(query.text ? [query.text] : []),
    ...part("from", query.from),
    ...part("to", query.to),
    ...part("subject", query.subject),
    ...part("after", query.after),
    ...part("before", query.before),
    ...part("in", query.folder),
    ...(query.attachment ? ["has:attachment"] : []),
    ...(query.unread ? ["is:unread"] : []),
    ...(query.starred ? ["is:starred"] : []),
  ].join(" ");
}

/** The filter of a line. Without a folder, everything but the bin and what is spam is looked through. Days are those of Vietnam. */
export function toFilter(line: string, mailboxes: readonly Mailbox[]): Filter {
  const query = parseQuery(line);
  const condition: FilterCondition = {};
  if (query.text) condition.text = query.text;
  if (query.from) condition.from = query.from;
  if (query.to) condition.to = query.to;
  if (query.subject) condition.subject = query.subject;
  if (query.after) condition.after = new Date(`${query.after}T00:00:00+07:00`).toISOString().replace(".000", "");
  if (query.before) condition.before = new Date(new Date(`${query.before}T00:00:00+07:00`).getTime() + 86_400_000).toISOString().replace(".000", "");
  if (query.attachment) condition.hasAttachment = true;
  if (query.starred) condition.hasKeyword = "$flagged";
  if (query.unread) condition.notKeyword = "$seen";
  if (query.folder) condition.inMailbox = query.folder;
  else {
    const away = mailboxes.filter((m) => m.role === "trash" || m.role === "junk").map((m) => m.id);
    if (away.length > 0) condition.inMailboxOtherThan = away;
  }
  return condition;
}
