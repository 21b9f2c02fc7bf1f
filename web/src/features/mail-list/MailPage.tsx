import { ActionIcon } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useEffect, useMemo, useState } from "react";
import { useApp } from "../../app/context";
import { mailPath, navigate, searchPath, type Route } from "../../app/router";
import { useShortcuts } from "../../app/shortcuts";
import { toastError } from "../../app/toasts";
import type { EmailRow, Filter, Id } from "../../jmap/types";
import { conversationOf, useMailboxes, useMailList, useStoreVersion } from "../../mail/hooks";
import type { View } from "../../mail/mailList";
import { t } from "../../texts";
import { count } from "../../texts/format";
import { useComposer } from "../composer/host";
import { folderName } from "../folders/names";
import { usePrefetch } from "../reader/body";
import { Reader } from "../reader/Reader";
import { SearchChips } from "../search/SearchChips";
import { toFilter } from "../search/query";
import { undoLast, useActions } from "./actions";
import { ListToolbar } from "./ListToolbar";
import { MessageList } from "./MessageList";
import { MoveDialog } from "./MoveDialog";
import { useSelection } from "./useSelection";

type ListRoute = Extract<Route, { page: "mail" | "search" }>;

/** A folder or a search: the list, and the conversation that is open beside it. */
export function MailPage({ route, isPhone }: { route: ListRoute; isPhone: boolean }) {
  const { mail, preferences } = useApp();
  const { accountId, threadId, emailId } = route;
  const mailboxes = useMailboxes(accountId);
  const actions = useActions(accountId);
  const openComposer = useComposer();
  const mailbox = route.page === "mail" ? mailboxes.find((m) => m.id === route.mailboxId) : undefined;
  const isDrafts = mailbox?.role === "drafts";
  const [onlyUnread, setOnlyUnread] = useState(false);

  const view = useMemo<View>(() => {
    const base: Filter = route.page === "mail" ? { inMailbox: route.mailboxId } : toFilter(route.query, mailboxes);
    const filter: Filter = onlyUnread && route.page === "mail" ? { operator: "AND", conditions: [base, { notKeyword: "$seen" }] } : base;
    return { accountId, filter, sort: [{ property: "receivedAt", isAscending: false }], collapseThreads: (preferences.conversations ?? true) && !isDrafts };
  }, [route, accountId, mailboxes, onlyUnread, preferences.conversations, isDrafts]);

  const list = useMailList(view);
  useStoreVersion();
  const [cursor, setCursor] = useState(0);
  const selection = useSelection(list);
  const [moving, setMoving] = useState(false);
  const key = route.page === "mail" ? route.mailboxId : route.query;
  useEffect(() => {
    setCursor(0);
    setOnlyUnread(false);
  }, [accountId, key]);

  const rowAt = (n: number): EmailRow | undefined => {
    const id = list.ids[n];
    return id ? mail.store.get(accountId, id) : undefined;
  };
  const openIndex = threadId ? list.ids.findIndex((id) => id !== undefined && (emailId ? id === emailId : mail.store.get(accountId, id)?.threadId === threadId)) : -1;
  const listPath = route.page === "mail" ? mailPath(accountId, route.mailboxId) : searchPath(accountId, route.query);
  const open = (row: EmailRow, replace = false) => {
    if (row.keywords["$draft"]) {
      openComposer({ kind: "draft", accountId, emailId: row.id });
      return;
    }
    // Where conversations are not wanted, a message is read alone.
    const only = view.collapseThreads ? null : row.id;
    navigate(route.page === "mail" ? mailPath(accountId, route.mailboxId, row.threadId, only) : searchPath(accountId, route.query, row.threadId, only), replace);
  };
  const close = () => navigate(listPath);
  // The next one is most likely wanted next.
  const prefetch = usePrefetch(accountId);
  const nextThread = openIndex >= 0 ? rowAt(openIndex + 1)?.threadId : undefined;
  useEffect(() => {
    if (nextThread === undefined) return;
    const timer = setTimeout(() => prefetch(nextThread), 300);
    return () => clearTimeout(timer);
  }, [nextThread, prefetch]);

  // What an action is for: the selection, else what is open, else where the cursor is. A conversation's row stands for its messages in this folder.
  const idsOf = (row: EmailRow): Id[] => {
    const rows = view.collapseThreads ? conversationOf(mail, accountId, row) : [row];
    return (mailbox ? rows.filter((r) => r.mailboxIds[mailbox.id]) : rows).map((r) => r.id);
  };
  const targets = async (): Promise<Id[]> => {
    if (selection.isEverything) return list.everything();
    const rows = selection.ids.size > 0 ? [...selection.ids].map((id) => mail.store.get(accountId, id)) : [rowAt(openIndex >= 0 ? openIndex : cursor)];
    return rows.flatMap((row) => (row ? idsOf(row) : []));
  };
  const goOn = (by: number) => {
    const next = rowAt(openIndex + by) ?? rowAt(openIndex - by);
    if (next && !isPhone && !next.keywords["$draft"]) open(next, true);
    else close();
  };
  const afterwards =
    (run: (ids: Id[]) => unknown, by = 1) =>
    () => {
      const wanted = targets();
      // The next conversation takes the place of the one that goes; on a phone one is back at the list.
      if (threadId && selection.ids.size === 0) goOn(by);
      selection.clear();
      void wanted.then((ids) => ids.length > 0 && run(ids), toastError);
    };
  const step = (by: number) => {
    const from = openIndex >= 0 ? openIndex : cursor;
    const to = Math.max(0, Math.min(list.total - 1, from + by));
    setCursor(to);
    const row = rowAt(to);
    if (threadId && row && !row.keywords["$draft"]) open(row, true);
  };
  const mark = (keyword: string, isSet: boolean) => {
    void targets().then((ids) => actions.mark(ids, keyword, isSet), toastError);
    if (keyword === "$seen" && !isSet && threadId) close();
  };
  const toggleStar = () => {
    const ids = selection.ids.size > 0 ? [...selection.ids] : [list.ids[openIndex >= 0 ? openIndex : cursor]];
    mark("$flagged", !ids.some((id) => id && mail.store.get(accountId, id)?.keywords["$flagged"]));
  };
  const removal: Removal = {
    archive: afterwards(actions.archive),
    remove: afterwards(actions.remove),
    spam: afterwards(mailbox?.role === "junk" ? actions.notSpam : actions.spam),
    moveTo: (to) => afterwards((ids) => actions.moveTo(ids, to))(),
    mark,
  };
  const selectWhere = (test: (row: EmailRow) => boolean) =>
    selection.set(new Set(list.ids.filter((id): id is Id => id !== undefined && !!mail.store.get(accountId, id) && test(mail.store.get(accountId, id)!))));
  useShortcuts({
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Enter: () => rowAt(cursor) && open(rowAt(cursor)!),
    o: () => rowAt(cursor) && open(rowAt(cursor)!),
    u: close,
    Escape: () => (selection.ids.size > 0 ? selection.clear() : threadId && close()),
    x: () => selection.toggle(openIndex >= 0 ? openIndex : cursor, false),
    X: () => selection.toggle(openIndex >= 0 ? openIndex : cursor, true),
    e: removal.archive,
    "[": afterwards(actions.archive, -1),
    "]": removal.archive,
    "#": removal.remove,
    Delete: removal.remove,
    "!": removal.spam,
    s: toggleStar,
    v: () => setMoving(true),
    l: () => setMoving(true),
    I: () => mark("$seen", true),
    U: () => mark("$seen", false),
    _: () => mark("$seen", false),
    z: undoLast,
    N: () => void list.refresh(),
    "* a": () => selectWhere(() => true),
    "* n": selection.clear,
    "* r": () => selectWhere((row) => !!row.keywords["$seen"]),
    "* u": () => selectWhere((row) => !row.keywords["$seen"]),
    "* s": () => selectWhere((row) => !!row.keywords["$flagged"]),
    "* t": () => selectWhere((row) => !row.keywords["$flagged"]),
  });

  const title = mailbox ? folderName(mailbox) : t("searchResults");
  useEffect(() => {
    const unread = mailbox?.role === "inbox" ? mailbox.unreadThreads : 0;
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${title} – ${t("appName")}`;
  }, [title, mailbox]);

  const showsList = !isPhone || !threadId;
  const showsReader = !isPhone || !!threadId;
  return (
    <div className={`mail-page${isPhone ? " phone" : ""}`}>
      {showsList && (
        <section className="list-pane" aria-label={title}>
          <ListToolbar
            title={title}
            list={list}
            mailbox={mailbox}
            mailboxes={mailboxes}
            selection={selection}
            removal={removal}
            onlyUnread={onlyUnread}
            onOnlyUnread={route.page === "mail" ? setOnlyUnread : null}
          />
          {route.page === "search" && <SearchChips accountId={accountId} query={route.query} mailboxes={mailboxes} />}
          <MessageList
            key={`${accountId}/${key}`}
            list={list}
            cursor={openIndex >= 0 ? openIndex : cursor}
            openThread={threadId}
            openEmail={emailId}
            selection={selection}
            mailbox={mailbox}
            onHover={(row) => !row.keywords["$draft"] && prefetch(row.threadId)}
            onOpen={(row, n) => (setCursor(n), open(row))}
            idsOf={idsOf}
            onStar={(row) => void actions.mark([row.id], "$flagged", !row.keywords["$flagged"])}
          />
        </section>
      )}
      {moving && <MoveDialog mailboxes={mailboxes} current={mailbox} onMove={removal.moveTo} onClose={() => setMoving(false)} />}
      {isPhone && !threadId && (
        <ActionIcon size={56} radius="xl" className="compose-float" aria-label={t("compose")} onClick={() => openComposer({ kind: "new", accountId })}>
          <IconPencil size={24} />
        </ActionIcon>
      )}
      {showsReader && (
        <section className="reader-pane" aria-label={t("reading")}>
          {threadId ? (
            <Reader key={`${threadId}/${emailId}`} accountId={accountId} threadId={threadId} only={emailId} mailbox={mailbox} mailboxes={mailboxes} isPhone={isPhone} removal={removal} onBack={close} />
          ) : (
            <div className="reader-empty">
              <img src="/icon.svg" alt="" width={56} height={56} />
              <p>{selection.ids.size > 0 ? t("selectedN", { n: count(selection.isEverything ? list.total : selection.ids.size) }) : t("nothingOpen")}</p>
            </div>
          )}
        </section>
      )}
    </div>
  );
}

export interface Removal {
  archive: () => void;
  remove: () => void;
  spam: () => void;
  moveTo: (to: ReturnType<typeof useMailboxes>[number]) => void;
  mark: (keyword: string, isSet: boolean) => void;
}
