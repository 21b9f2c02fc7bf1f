import { ActionIcon } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useEffect, useMemo, useState } from "react";
import { useApp } from "../../app/context";
import { mailPath, navigate, searchPath, type Route } from "../../app/router";
import { useShortcuts } from "../../app/shortcuts";
import type { EmailRow, Filter, Id } from "../../jmap/types";
import { conversationOf, useMailboxes, useMailList, useStoreVersion } from "../../mail/hooks";
import type { View } from "../../mail/mailList";
import { t } from "../../texts";
import { useComposer } from "../composer/host";
import { folderName } from "../folders/names";
import { Reader } from "../reader/Reader";
import { SearchChips } from "../search/SearchChips";
import { toFilter } from "../search/query";
import { undoLast, useActions } from "./actions";
import { ListToolbar } from "./ListToolbar";
import { MessageList } from "./MessageList";

type ListRoute = Extract<Route, { page: "mail" | "search" }>;

/** A folder or a search: the list, and the conversation that is open beside it. */
export function MailPage({ route, isPhone }: { route: ListRoute; isPhone: boolean }) {
  const { mail, preferences } = useApp();
  const { accountId, threadId } = route;
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
  const [selected, setSelected] = useState<ReadonlySet<Id>>(new Set());
  const key = route.page === "mail" ? route.mailboxId : route.query;
  useEffect(() => {
    setSelected(new Set());
    setCursor(0);
    setOnlyUnread(false);
  }, [accountId, key]);

  const rowAt = (n: number): EmailRow | undefined => {
    const id = list.ids[n];
    return id ? mail.store.get(accountId, id) : undefined;
  };
  const openIndex = threadId ? list.ids.findIndex((id) => id !== undefined && mail.store.get(accountId, id)?.threadId === threadId) : -1;
  const listPath = route.page === "mail" ? mailPath(accountId, route.mailboxId) : searchPath(accountId, route.query);
  const open = (row: EmailRow, replace = false) => {
    if (row.keywords["$draft"]) {
      openComposer({ kind: "draft", accountId, emailId: row.id });
      return;
    }
    navigate(route.page === "mail" ? mailPath(accountId, route.mailboxId, row.threadId) : searchPath(accountId, route.query, row.threadId), replace);
  };
  const close = () => navigate(listPath);

  // What an action is for: the selection, else what is open, else where the cursor is. A conversation's row stands for its messages in this folder.
  const idsOf = (row: EmailRow): Id[] => {
    const rows = view.collapseThreads ? conversationOf(mail, accountId, row) : [row];
    return (mailbox ? rows.filter((r) => r.mailboxIds[mailbox.id]) : rows).map((r) => r.id);
  };
  const targets = (): Id[] => {
    const rows = selected.size > 0 ? [...selected].map((id) => mail.store.get(accountId, id)) : [rowAt(openIndex >= 0 ? openIndex : cursor)];
    return rows.flatMap((row) => (row ? idsOf(row) : []));
  };
  const afterwards = (run: (ids: Id[]) => unknown) => () => {
    const ids = targets();
    if (ids.length === 0) return;
    if (threadId && selected.size === 0) {
      // The next conversation takes the place of the one that goes; on a phone one is back at the list.
      const next = rowAt(openIndex + 1) ?? rowAt(openIndex - 1);
      if (next && !isPhone && !next.keywords["$draft"]) open(next, true);
      else close();
    }
    setSelected(new Set());
    void run(ids);
  };
  const step = (by: number) => {
    const from = openIndex >= 0 ? openIndex : cursor;
    const to = Math.max(0, Math.min(list.total - 1, from + by));
    setCursor(to);
    const row = rowAt(to);
    if (threadId && row && !row.keywords["$draft"]) open(row, true);
  };
  const toggle = (id: Id) => setSelected((now) => (now.has(id) ? new Set([...now].filter((one) => one !== id)) : new Set([...now, id])));
  const isStarred = () => targets().some((id) => mail.store.get(accountId, id)?.keywords["$flagged"]);

  const removal = {
    archive: afterwards(actions.archive),
    remove: afterwards(actions.remove),
    spam: afterwards(mailbox?.role === "junk" ? actions.notSpam : actions.spam),
    moveTo: (to: (typeof mailboxes)[number]) => afterwards((ids) => actions.moveTo(ids, to))(),
    mark: (keyword: string, isSet: boolean) => {
      void actions.mark(targets(), keyword, isSet);
      if (keyword === "$seen" && !isSet && threadId) close();
    },
  };
  useShortcuts({
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Enter: () => rowAt(cursor) && open(rowAt(cursor)!),
    o: () => rowAt(cursor) && open(rowAt(cursor)!),
    u: close,
    Escape: () => (selected.size > 0 ? setSelected(new Set()) : threadId && close()),
    x: () => list.ids[cursor] && toggle(list.ids[cursor]),
    e: removal.archive,
    "#": removal.remove,
    Delete: removal.remove,
    "!": removal.spam,
    s: () => removal.mark("$flagged", !isStarred()),
    I: () => removal.mark("$seen", true),
    U: () => removal.mark("$seen", false),
    z: undoLast,
    "* a": () => setSelected(new Set(list.ids.filter((id): id is Id => id !== undefined))),
    "* n": () => setSelected(new Set()),
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
            selected={selected}
            onSelect={setSelected}
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
            selected={selected}
            mailbox={mailbox}
            onOpen={(row, n) => (setCursor(n), open(row))}
            onToggle={toggle}
            idsOf={idsOf}
            onStar={(row) => void actions.mark([row.id], "$flagged", !row.keywords["$flagged"])}
          />
        </section>
      )}
      {isPhone && !threadId && (
        <ActionIcon size={56} radius="xl" className="compose-float" aria-label={t("compose")} onClick={() => openComposer({ kind: "new", accountId })}>
          <IconPencil size={24} />
        </ActionIcon>
      )}
      {showsReader && (
        <section className="reader-pane" aria-label={t("reading")}>
          {threadId ? (
            <Reader key={threadId} accountId={accountId} threadId={threadId} mailbox={mailbox} mailboxes={mailboxes} isPhone={isPhone} removal={removal} onBack={close} />
          ) : (
            <div className="reader-empty">
              <img src="/icon.svg" alt="" width={56} height={56} />
              <p>{selected.size > 0 ? t("selectedN", { n: selected.size }) : t("nothingOpen")}</p>
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
