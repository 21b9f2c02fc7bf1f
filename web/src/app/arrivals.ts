import type { EmailRow, Id } from "../jmap/types";
import { t } from "../texts";
import { nameOf } from "./people";
import { mailPath, navigate } from "./router";

/** A desktop notification of new mail, where it was allowed and nobody is looking; a click opens it. */
export function announceArrivals(accountId: Id, rows: EmailRow[], isWanted: boolean): void {
  if (!isWanted || !("Notification" in window) || Notification.permission !== "granted" || document.visibilityState === "visible") return;
  const first = rows[0];
  if (!first) return;
  const title = rows.length === 1 ? nameOf(first.from?.[0] ?? { name: null, email: "?" }) : t("newMessages", { n: rows.length });
  const note = new Notification(title, { body: first.subject ?? "", icon: "/icon.svg", tag: "congvu" });
  note.onclick = () => {
    window.focus();
    const mailbox = Object.keys(first.mailboxIds)[0];
    if (mailbox) navigate(mailPath(accountId, mailbox, rows.length === 1 ? first.threadId : null));
    note.close();
  };
}
