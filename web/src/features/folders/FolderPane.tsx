import { ActionIcon, Button, Menu, Progress, ScrollArea, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { IconArchive, IconBan, IconClock, IconDots, IconFile, IconFolder, IconFolderPlus, IconInbox, IconPencil, IconSend, IconTrash } from "@tabler/icons-react";
import { useState, type DragEvent } from "react";
import { useApp } from "../../app/context";
import { mailPath, navigate, usePath } from "../../app/router";
import { toastError } from "../../app/toasts";
import type { Id, Mailbox } from "../../jmap/types";
import { useIdentities, useMailboxes, useQuota } from "../../mail/hooks";
import { t } from "../../texts";
import { count, size } from "../../texts/format";
import { useComposer } from "../composer/host";
import { useActions } from "../mail-list/actions";
import { useScheduled } from "../scheduled/useScheduled";
import { FolderDialog, type FolderTask } from "./FolderDialog";
import { folderName, folderTree } from "./names";

const icons = { inbox: IconInbox, drafts: IconFile, sent: IconSend, archive: IconArchive, junk: IconBan, trash: IconTrash };
const colors = ["#c92a2a", "#e8590c", "#f59f00", "#2f9e44", "#1971c2", "#7048e8"];

/** The folders of every account that one has: one's own first, then those one looks after. */
export function FolderPane({ accountId, mailboxId, onGo }: { accountId: Id; mailboxId: Id | null; onGo: () => void }) {
  const { client } = useApp();
  const openComposer = useComposer();
  const identities = useIdentities();
  const nameOf = (id: Id, address: string) => identities.find((one) => one.accountId === id && one.name)?.name ?? address;
  const accounts = Object.entries(client.session.accounts).sort(([, a], [, b]) => Number(b.isPersonal) - Number(a.isPersonal));
  return (
    <div className="folder-pane">
      <Button leftSection={<IconPencil size={18} />} size="md" radius="xl" mb="sm" className="compose-button" onClick={() => (onGo(), openComposer({ kind: "new", accountId }))}>
        {t("compose")}
      </Button>
      <ScrollArea className="folder-scroll" type="hover">
        {accounts.map(([id, account]) => (
          <AccountFolders key={id} accountId={id} title={account.isPersonal ? t("myMailbox") : nameOf(id, account.name)} showTitle={accounts.length > 1} mailboxId={id === accountId ? mailboxId : null} onGo={onGo} />
        ))}
      </ScrollArea>
      <QuotaMeter accountId={accountId} />
    </div>
  );
}

function AccountFolders({ accountId, title, showTitle, mailboxId, onGo }: { accountId: Id; title: string; showTitle: boolean; mailboxId: Id | null; onGo: () => void }) {
  const mailboxes = useMailboxes(accountId);
  const [task, setTask] = useState<FolderTask | null>(null);
  return (
    <section aria-label={title} className="folder-section">
      <div className="folder-title">
        <Text size="xs" fw={600} c="dimmed" truncate title={title}>
          {showTitle ? title : t("folders")}
        </Text>
        <Tooltip label={t("newFolder")}>
          <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t("newFolder")} onClick={() => setTask({ kind: "new", parent: null })}>
            <IconFolderPlus size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      <ul className="folder-list">
        {folderTree(mailboxes).map(({ mailbox, depth }) => (
          <FolderRow key={mailbox.id} accountId={accountId} mailbox={mailbox} depth={depth} isCurrent={mailbox.id === mailboxId} onGo={onGo} onTask={setTask} />
        ))}
        <ScheduledRow accountId={accountId} onGo={onGo} />
      </ul>
      <FolderDialog accountId={accountId} mailboxes={mailboxes} task={task} onClose={() => setTask(null)} />
    </section>
  );
}

// Only while something waits: an empty one would be one more line for everybody.
function ScheduledRow({ accountId, onGo }: { accountId: Id; onGo: () => void }) {
  const scheduled = useScheduled(accountId);
  const path = `/scheduled/${encodeURIComponent(accountId)}`;
  const isCurrent = usePath() === path;
  if (!scheduled?.length && !isCurrent) return null;
  return (
    <li className={`folder-row${isCurrent ? " current" : ""}`}>
      <a
        href={path}
        aria-current={isCurrent ? "page" : undefined}
        onClick={(e) => {
          if (e.metaKey || e.ctrlKey) return;
          e.preventDefault();
          onGo();
          navigate(path);
        }}
      >
        <IconClock size={18} stroke={1.7} aria-hidden />
        <span className="folder-name">{t("scheduled")}</span>
        <span className="folder-count">{count(scheduled?.length ?? 0)}</span>
      </a>
    </li>
  );
}

interface RowProps {
  accountId: Id;
  mailbox: Mailbox;
  depth: number;
  isCurrent: boolean;
  onGo: () => void;
  onTask: (task: FolderTask) => void;
}

function FolderRow({ accountId, mailbox, depth, isCurrent, onGo, onTask }: RowProps) {
  const { preferences, setPreferences } = useApp();
  const actions = useActions(accountId);
  const [isTarget, setTarget] = useState(false);
  const Icon = icons[mailbox.role as keyof typeof icons] ?? IconFolder;
  const number = mailbox.role === "drafts" ? mailbox.totalEmails : mailbox.role === "sent" || mailbox.role === "trash" ? 0 : mailbox.unreadThreads;
  const key = `${accountId}/${mailbox.id}`;
  const color = preferences.folderColors?.[key];
  const name = folderName(mailbox);
  const path = mailPath(accountId, mailbox.id);
  const paint = (value: string | null) => {
    const { [key]: _, ...others } = preferences.folderColors ?? {};
    setPreferences({ folderColors: value ? { ...others, [key]: value } : others });
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setTarget(false);
    const dragged = JSON.parse(event.dataTransfer.getData("application/x-congvu") || "null") as { accountId: Id; ids: Id[] } | null;
    if (dragged?.accountId === accountId) void actions.moveTo(dragged.ids, mailbox);
  };
  return (
    <li
      className={`folder-row${isCurrent ? " current" : ""}${isTarget ? " target" : ""}`}
      onDragOver={(e) => e.dataTransfer.types.includes("application/x-congvu") && (e.preventDefault(), setTarget(true))}
      onDragLeave={() => setTarget(false)}
      onDrop={drop}
    >
      <a
        href={path}
        aria-current={isCurrent ? "page" : undefined}
        style={{ paddingLeft: 12 + depth * 16 }}
        onClick={(e) => {
          if (e.metaKey || e.ctrlKey) return;
          e.preventDefault();
          onGo();
          navigate(path);
        }}
      >
        <Icon size={18} stroke={1.7} color={color} aria-hidden />
        <span className={`folder-name${number > 0 ? " bold" : ""}`}>{name}</span>
        {number > 0 && (
          <span className="folder-count" aria-label={t(mailbox.role === "drafts" ? "totalN" : "unreadN", { n: number })}>
            {count(number)}
          </span>
        )}
      </a>
      <Menu position="bottom-start" shadow="md" width={220}>
        <Menu.Target>
          <UnstyledButton className="folder-menu" aria-label={t("folderMenu", { name })}>
            <IconDots size={16} />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => actions.markFolderRead(mailbox).catch(toastError)}>{t("markAllRead")}</Menu.Item>
          {(mailbox.role === "trash" || mailbox.role === "junk") && (
            <Menu.Item color="red" onClick={() => onTask({ kind: "empty", mailbox })}>
              {t("emptyFolder")}
            </Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Item onClick={() => onTask({ kind: "new", parent: mailbox })}>{t("newSubfolder")}</Menu.Item>
          {!mailbox.role && <Menu.Item onClick={() => onTask({ kind: "rename", mailbox })}>{t("rename")}</Menu.Item>}
          {!mailbox.role && <Menu.Item onClick={() => onTask({ kind: "move", mailbox })}>{t("moveFolder")}</Menu.Item>}
          {!mailbox.role && (
            <Menu.Item color="red" onClick={() => onTask({ kind: "delete", mailbox })}>
              {t("deleteFolder")}
            </Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Label>{t("folderColor")}</Menu.Label>
          <div className="swatches">
            {colors.map((c) => (
              <UnstyledButton key={c} className="swatch" style={{ background: c }} aria-label={t("colorN", { n: colors.indexOf(c) + 1 })} onClick={() => paint(c)} />
            ))}
            <UnstyledButton className="swatch none" aria-label={t("noColor")} onClick={() => paint(null)} />
          </div>
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}

// A5.3: 1 GB a mailbox, warned at 80 and 95 %.
function QuotaMeter({ accountId }: { accountId: Id }) {
  const quota = useQuota(accountId);
  if (!quota || quota.hardLimit <= 0) return null;
  const share = (quota.used / quota.hardLimit) * 100;
  return (
    <div className="quota">
      <Progress value={Math.max(share, 1)} size={6} color={share >= 95 ? "red" : share >= 80 ? "yellow" : "teal"} aria-label={t("quota")} />
      <Text size="xs" c="dimmed" mt={4}>
        {t("quotaUsed", { used: size(quota.used), total: size(quota.hardLimit) })}
      </Text>
      {share >= 80 && (
        <Text size="xs" c={share >= 95 ? "red" : "inherit"} fw={600}>
          {t(share >= 95 ? "quotaAlmostFull" : "quotaWarning")}
        </Text>
      )}
    </div>
  );
}
