import { Button, Checkbox, Skeleton } from "@mantine/core";
import { IconArrowBackUp, IconPaperclip, IconStar, IconStarFilled } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, type DragEvent } from "react";
import { useApp } from "../../app/context";
import { domainOf, nameOf, shortName, upright } from "../../app/people";
import type { EmailRow, Id, Mailbox } from "../../jmap/types";
import { conversationOf } from "../../mail/hooks";
import type { MailList } from "../../mail/mailList";
import type { Selection } from "./useSelection";
import { t } from "../../texts";
import { longDate, shortDate } from "../../texts/format";

interface Props {
  list: MailList;
  cursor: number;
  openThread: Id | null;
  openEmail: Id | null;
  selection: Selection;
  mailbox: Mailbox | undefined;
  /** The pointer rests on a row. */
  onHover: (row: EmailRow) => void;
  onOpen: (row: EmailRow, index: number) => void;
  onStar: (row: EmailRow) => void;
  idsOf: (row: EmailRow) => Id[];
}

/** The list itself: only the rows that are seen are drawn, and only what was looked at is fetched. */
export function MessageList({ list, cursor, openThread, openEmail, selection, mailbox, onHover, onOpen, onStar, idsOf }: Props) {
  const { mail } = useApp();
  const scroll = useRef<HTMLDivElement>(null);
  const hovering = useRef<ReturnType<typeof setTimeout>>(undefined);
  const height = document.documentElement.dataset["textSize"] === "large" ? 96 : 82;
  const virtual = useVirtualizer({ count: list.total, getScrollElement: () => scroll.current, estimateSize: () => height, overscan: 8 });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => list.want(first, last), [list, first, last, list.version]);
  useEffect(() => {
    if (cursor < list.total) virtual.scrollToIndex(cursor, { align: "auto" });
  }, [cursor, virtual, list.total]);

  if (list.state === "failed")
    return (
      <div className="list-note">
        <p>{t("listFailed")}</p>
        <Button variant="default" onClick={() => list.want(0, 0)}>
          {t("tryAgain")}
        </Button>
      </div>
    );
  if (list.state === "loading") return <div className="list-scroll">{Array.from({ length: 8 }, (_, n) => <RowSkeleton key={n} height={height} />)}</div>;
  if (list.total === 0) return <div className="list-note">{t(mailbox ? "folderIsEmpty" : "nothingFound")}</div>;

  const { accountId } = list.view;
  const own = domainOf(mail.client.session.accounts[accountId]?.name ?? "");
  const drag = (event: DragEvent, row: EmailRow) => {
    const rows = selection.ids.has(row.id) ? [...selection.ids].map((id) => mail.store.get(accountId, id)).filter((r) => r !== undefined) : [row];
    event.dataTransfer.setData("application/x-congvu", JSON.stringify({ accountId, ids: rows.flatMap(idsOf) }));
    event.dataTransfer.effectAllowed = "move";
  };
  return (
    <div ref={scroll} className="list-scroll" tabIndex={-1}>
      <div role="list" aria-label={t("messages")} style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {items.map((item) => {
          const id = list.ids[item.index];
          const row = id ? mail.store.get(accountId, id) : undefined;
          return (
            <div key={item.index} role="listitem" aria-setsize={list.total} aria-posinset={item.index + 1} className="row-place" style={{ height, transform: `translateY(${item.start}px)` }}>
              {row ? (
                <Row
                  row={row}
                  conversation={list.view.collapseThreads ? conversationOf(mail, accountId, row) : [row]}
                  isOwnMail={mailbox?.role === "sent" || mailbox?.role === "drafts"}
                  isExternal={!!row.from?.[0] && !isInside(domainOf(row.from[0].email), own)}
                  isCursor={item.index === cursor}
                  isOpen={openEmail ? row.id === openEmail : row.threadId === openThread}
                  isSelected={selection.isEverything || selection.ids.has(row.id)}
                  onHover={() => {
                    clearTimeout(hovering.current);
                    hovering.current = setTimeout(() => onHover(row), 80);
                  }}
                  onLeave={() => clearTimeout(hovering.current)}
                  onOpen={() => onOpen(row, item.index)}
                  onToggle={(extend) => selection.toggle(item.index, extend)}
                  onStar={() => onStar(row)}
                  onDrag={(event) => drag(event, row)}
                />
              ) : (
                <RowSkeleton height={height} />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Whether a domain is of the province: its own, or below it. */
export function isInside(domain: string, own: string): boolean {
  return domain === own || domain.endsWith(`.${own}`);
}

interface RowProps {
  row: EmailRow;
  conversation: EmailRow[];
  isOwnMail: boolean;
  isExternal: boolean;
  isCursor: boolean;
  isOpen: boolean;
  isSelected: boolean;
  onHover: () => void;
  onLeave: () => void;
  onOpen: () => void;
  onToggle: (extend: boolean) => void;
  onStar: () => void;
  onDrag: (event: DragEvent) => void;
}

function Row({ row, conversation, isOwnMail, isExternal, isCursor, isOpen, isSelected, onHover, onLeave, onOpen, onToggle, onStar, onDrag }: RowProps) {
    const isUnread = conversation.some((r) => !r.keywords["$seen"]);
    const who = isOwnMail ? t("toWhom", { who: row.to?.map(shortName).join(", ") || "…" }) : participants(conversation);
    const subject = upright(row.subject ?? "") || t("noSubject");
    const classes = ["row", isUnread ? "unread" : "", isOpen ? "open" : "", isCursor ? "cursor" : "", isSelected ? "selected" : ""].join(" ");
    return (
      <div className={classes} draggable onDragStart={onDrag} onPointerEnter={onHover} onPointerLeave={onLeave}>
        <span className="row-check">
          <Checkbox size="sm" aria-label={t("selectMessage", { subject })} checked={isSelected} onChange={(e) => onToggle((e.nativeEvent as MouseEvent).shiftKey)} />
        </span>
        <button type="button" className="row-main" onClick={(e) => (e.shiftKey || e.ctrlKey || e.metaKey ? onToggle(e.shiftKey) : onOpen())} aria-current={isOpen ? "true" : undefined}>
          <span className="row-line">
            <span className="row-who">
              {isUnread && <span className="sr-only">{t("unread")}. </span>}
              {who}
              {conversation.length > 1 && <span className="row-number">{conversation.length}</span>}
            </span>
            {isExternal && !isOwnMail && <span className="row-external">{t("external")}</span>}
            <time className="row-date" dateTime={row.receivedAt} title={longDate(row.receivedAt)}>
              {shortDate(row.receivedAt)}
            </time>
          </span>
          <span className="row-line">
            {row.keywords["$answered"] && <IconArrowBackUp size={15} className="row-icon" aria-label={t("answered")} />}
            <span className="row-subject">{subject}</span>
            {conversation.some((r) => r.hasAttachment) && <IconPaperclip size={15} className="row-icon" aria-label={t("hasAttachment")} />}
          </span>
          <span className="row-line row-preview">{row.preview || t("noText")}</span>
        </button>
        <button type="button" className={`row-star${row.keywords["$flagged"] ? " on" : ""}`} aria-pressed={!!row.keywords["$flagged"]} aria-label={t("starMessage", { subject })} onClick={onStar}>
          {row.keywords["$flagged"] ? <IconStarFilled size={17} /> : <IconStar size={17} stroke={1.6} />}
        </button>
      </div>
    );
  }

function participants(conversation: EmailRow[]): string {
  const names = new Map<string, string>();
  for (const row of conversation) for (const address of row.from ?? []) names.set(address.email, conversation.length > 1 ? shortName(address) : nameOf(address));
  return [...names.values()].join(", ") || t("nobody");
}

function RowSkeleton({ height }: { height: number }) {
  return (
    <div className="row-skeleton" style={{ height }}>
      <Skeleton height={11} width="45%" mb={9} />
      <Skeleton height={11} width="80%" mb={9} />
      <Skeleton height={9} width="65%" />
    </div>
  );
}
