import { useMemo } from "react";
import { useApp } from "../../app/context";
import { toast, toastError } from "../../app/toasts";
import type { Id, Mailbox, QueryResult } from "../../jmap/types";
import type { Undoable } from "../../mail/mail";
import { t, type TextKey } from "../../texts";
import { folderName } from "../folders/names";

// Still on its way, perhaps: who takes it back at once waits for it.
let last: Promise<Undoable> | null = null;

/** Takes the last change back (z). */
export function undoLast(): void {
  const change = last;
  last = null;
  if (change) change.then((done) => done.undo()).then(() => toast(t("undone")), toastError);
}

/** What people do with messages; each says what was done and can be taken back. */
export function useActions(accountId: Id) {
  const { mail, client } = useApp();
  return useMemo(() => {
    const moveTo = async (ids: Id[], to: Mailbox | undefined, done?: TextKey, keywords: Record<string, true | null> = {}) => {
      if (!to || ids.length === 0) return;
      try {
        last = mail.move(accountId, ids, to.id, keywords);
        await last;
        toast(t(done ?? "moved", { n: ids.length, folder: folderName(to) }), { action: { label: t("undo"), run: undoLast } });
      } catch (error) {
        toastError(error);
      }
    };
    const isIn = (id: Id, role: "junk" | "trash") => !!mail.store.get(accountId, id)?.mailboxIds[mail.mailbox(accountId, role)?.id ?? ""];
    return {
      moveTo,
      archive: (ids: Id[]) => moveTo(ids, mail.mailbox(accountId, "archive"), "archived"),
      // A12.4: the move itself trains the filter, as it does from any mail program.
      spam: (ids: Id[]) => moveTo(ids, mail.mailbox(accountId, "junk"), "markedSpam", { $junk: true, $notjunk: null }),
      notSpam: (ids: Id[]) => moveTo(ids, mail.mailbox(accountId, "inbox"), "markedNotSpam", { $junk: null, $notjunk: true }),
      remove: async (ids: Id[]) => {
        if (ids.length === 0) return;
        if (!ids.every((id) => isIn(id, "trash") || isIn(id, "junk"))) return moveTo(ids, mail.mailbox(accountId, "trash"), "deleted");
        if (!window.confirm(t("deleteForeverAsk", { n: ids.length }))) return;
        await mail.destroy(accountId, ids).then(() => toast(t("deletedForever", { n: ids.length })), toastError);
      },
      mark: async (ids: Id[], keyword: string, isSet: boolean) => {
        try {
          last = mail.setKeyword(accountId, ids, keyword, isSet);
          await last;
        } catch (error) {
          toastError(error);
        }
      },
      markFolderRead: async (mailbox: Mailbox) => {
        let marked = 0;
        for (;;) {
          const found = await client.call<QueryResult>("Email/query", { accountId, filter: { inMailbox: mailbox.id, notKeyword: "$seen" }, limit: 400 });
          if (found.ids.length === 0) break;
          await client.call("Email/set", { accountId, update: Object.fromEntries(found.ids.map((id) => [id, { "keywords/$seen": true }])) });
          marked += found.ids.length;
        }
        toast(t("markedAllRead", { n: marked }));
      },
    };
  }, [accountId, mail, client]);
}

export type Actions = ReturnType<typeof useActions>;
