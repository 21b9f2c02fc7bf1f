import type { Mailbox, MailboxRole } from "../../jmap/types";
import { t, type TextKey } from "../../texts";

const names: Partial<Record<MailboxRole, TextKey>> = { inbox: "inbox", drafts: "drafts", sent: "sent", archive: "archive", junk: "junk", trash: "trash" };

/** Folders with a task are named in the reader's language, others as their holder named them. */
export function folderName(mailbox: Mailbox): string {
  const key = mailbox.role ? names[mailbox.role] : undefined;
  return key ? t(key) : mailbox.name;
}

/** Folders as they are shown: each followed by those within it. */
export function folderTree(mailboxes: readonly Mailbox[], parent: string | null = null, depth = 0): { mailbox: Mailbox; depth: number }[] {
  return mailboxes.filter((m) => m.parentId === parent).flatMap((mailbox) => [{ mailbox, depth }, ...folderTree(mailboxes, mailbox.id, depth + 1)]);
}
