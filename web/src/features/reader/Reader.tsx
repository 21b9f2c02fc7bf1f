import { Button, Group, Loader, Menu, ActionIcon } from "@mantine/core";
import { IconArchive, IconArrowBack, IconArrowForward, IconArrowLeft, IconBan, IconCircleCheck, IconDotsVertical, IconMail, IconStar, IconStarFilled, IconTrash } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { useApp } from "../../app/context";
import { upright } from "../../app/people";
import { useShortcuts } from "../../app/shortcuts";
import type { Email, Id, Mailbox } from "../../jmap/types";
import { useThread } from "../../mail/hooks";
import { t } from "../../texts";
import { useComposer } from "../composer/host";
import { useActions } from "../mail-list/actions";
import { MoveMenu, Tool } from "../mail-list/ListToolbar";
import type { Removal } from "../mail-list/MailPage";
import { MessageCard } from "./MessageCard";

const OfflineThread = lazy(() => import("../offline/OfflineMessage"));

interface Props {
  accountId: Id;
  threadId: Id;
  /** The one message that is shown, where conversations are not wanted. */
  only: Id | null;
  mailbox: Mailbox | undefined;
  mailboxes: Mailbox[];
  isPhone: boolean;
  removal: Removal;
  onBack: () => void;
}

/** A conversation: its messages one below the other, what was read before folded. */
export function Reader({ accountId, threadId, only, mailbox, mailboxes, isPhone, removal, onBack }: Props) {
  const { mail } = useApp();
  const { data, error, refetch } = useThread(accountId, threadId);
  const actions = useActions(accountId);
  const openComposer = useComposer();
  // Drafts open in the composer; what lies in the bin shows there only.
  const shown = useMemo(() => {
    const one = only && data?.find((e) => e.id === only);
    if (one) return [one];
    const away = new Set(mailboxes.filter((m) => (m.role === "trash" || m.role === "junk") && m.id !== mailbox?.id).map((m) => m.id));
    const all = (data ?? []).filter((e) => !e.keywords["$draft"]);
    const here = all.filter((e) => !Object.keys(e.mailboxIds).every((id) => away.has(id)));
    return here.length > 0 ? here : all;
  }, [data, only, mailboxes, mailbox]);
  const [open, setOpen] = useState<ReadonlySet<Id> | null>(null);
  const [current, setCurrent] = useState<Id | null>(null);
  const newest = shown.at(-1);
  const opened = open ?? new Set(shown.filter((e, n) => n === shown.length - 1 || !e.keywords["$seen"]).map((e) => e.id));

  useEffect(() => {
    if (!data) return;
    const unseen = (only ? shown : data).filter((e) => !mail.store.get(accountId, e.id)?.keywords["$seen"]).map((e) => e.id);
    setOpen(new Set(shown.filter((e, n) => n === shown.length - 1 || !e.keywords["$seen"]).map((e) => e.id)));
    if (unseen.length > 0) void mail.setKeyword(accountId, unseen, "$seen", true).catch(() => undefined);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once for each conversation
  }, [data === undefined, threadId]);

  const reply = (kind: "reply" | "replyAll" | "forward", email: Email | undefined = newest) => email && openComposer({ kind, accountId, email });
  // n and p go through the conversation; ; and : open and fold all of it.
  const stepWithin = (by: number) => {
    const at = shown.findIndex((e) => e.id === current);
    const next = shown[Math.max(0, Math.min(shown.length - 1, (at < 0 ? shown.length - 1 : at) + by))];
    if (!next) return;
    setCurrent(next.id);
    setOpen(new Set([...opened, next.id]));
    document.getElementById(`message-${next.id}`)?.scrollIntoView({ block: "start" });
  };
  useShortcuts({
    r: () => reply("reply", shown.find((e) => e.id === current)),
    a: () => reply("replyAll", shown.find((e) => e.id === current)),
    f: () => reply("forward", shown.find((e) => e.id === current)),
    n: () => stepWithin(1),
    p: () => stepWithin(-1),
    ";": () => setOpen(new Set(shown.map((e) => e.id))),
    ":": () => setOpen(new Set(newest ? [newest.id] : [])),
  });

  const isStarred = newest ? !!mail.store.get(accountId, newest.id)?.keywords["$flagged"] : false;
  const known = mail.store.thread(accountId, threadId)?.map((id) => mail.store.get(accountId, id)?.subject);
  const subject = upright(shown[0]?.subject || data?.[0]?.subject || known?.find(Boolean) || "") || t("noSubject");
  return (
    <div className="reader">
      <div className="reader-toolbar" role="toolbar" aria-label={t("messageTools")}>
        {isPhone && <Tool label={t("backToList")} onClick={onBack} icon={<IconArrowLeft size={20} />} />}
        <Tool label={t("archiveAction")} onClick={removal.archive} icon={<IconArchive size={18} />} />
        <Tool label={mailbox?.role === "junk" ? t("notSpam") : t("spam")} onClick={removal.spam} icon={mailbox?.role === "junk" ? <IconCircleCheck size={18} /> : <IconBan size={18} />} />
        <Tool label={t("delete")} onClick={removal.remove} icon={<IconTrash size={18} />} />
        <span className="tool-gap" />
        <Tool label={t("markUnread")} onClick={() => removal.mark("$seen", false)} icon={<IconMail size={18} />} />
        <Tool label={isStarred ? t("unstar") : t("star")} onClick={() => newest && void actions.mark([newest.id], "$flagged", !isStarred)} icon={isStarred ? <IconStarFilled size={18} className="gold" /> : <IconStar size={18} />} />
        <MoveMenu mailboxes={mailboxes} current={mailbox} onMove={removal.moveTo} />
        {isPhone && newest && (
          <Menu position="bottom-end" shadow="md">
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("more")} ml="auto">
                <IconDotsVertical size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => reply("reply")}>{t("reply")}</Menu.Item>
              <Menu.Item onClick={() => reply("replyAll")}>{t("replyAll")}</Menu.Item>
              <Menu.Item onClick={() => reply("forward")}>{t("forward")}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      <div className="reader-scroll" tabIndex={-1}>
        <h2 className="reader-subject">{subject}</h2>
        {error && (
          <Suspense fallback={null}>
            <OfflineThread threadId={threadId} />
          </Suspense>
        )}
        {error && (
          <div className="list-note">
            <p>{t("openFailed")}</p>
            <Button variant="default" onClick={() => void refetch()}>
              {t("tryAgain")}
            </Button>
          </div>
        )}
        {!data && !error && <Loader size="sm" aria-label={t("loading")} m="lg" />}
        {shown.map((email) => (
          <MessageCard
            key={email.id}
            accountId={accountId}
            email={email}
            isOpen={opened.has(email.id)}
            onToggle={() => setOpen(opened.has(email.id) ? new Set([...opened].filter((id) => id !== email.id)) : new Set([...opened, email.id]))}
            onReply={(kind) => reply(kind, email)}
          />
        ))}
        {newest && (
          <Group gap="sm" className="reader-answers">
            <Button variant="default" radius="xl" leftSection={<IconArrowBack size={17} />} onClick={() => reply("reply")}>
              {t("reply")}
            </Button>
            {(newest.to?.length ?? 0) + (newest.cc?.length ?? 0) > 1 && (
              <Button variant="default" radius="xl" leftSection={<IconArrowBack size={17} />} onClick={() => reply("replyAll")}>
                {t("replyAll")}
              </Button>
            )}
            <Button variant="default" radius="xl" leftSection={<IconArrowForward size={17} />} onClick={() => reply("forward")}>
              {t("forward")}
            </Button>
          </Group>
        )}
      </div>
    </div>
  );
}
