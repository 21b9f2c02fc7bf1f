import { ActionIcon, Checkbox, Group, Menu, Text, Tooltip } from "@mantine/core";
import { IconArchive, IconBan, IconCircleCheck, IconFilter, IconFolderSymlink, IconMail, IconMailOpened, IconRefresh, IconStar, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Id, Mailbox } from "../../jmap/types";
import type { MailList } from "../../mail/mailList";
import { t } from "../../texts";
import { count } from "../../texts/format";
import { folderName, folderTree } from "../folders/names";
import type { Removal } from "./MailPage";

interface Props {
  title: string;
  list: MailList;
  mailbox: Mailbox | undefined;
  mailboxes: Mailbox[];
  selected: ReadonlySet<Id>;
  onSelect: (ids: ReadonlySet<Id>) => void;
  removal: Removal;
  onlyUnread: boolean;
  onOnlyUnread: ((value: boolean) => void) | null;
}

/** Above the list: what it is and how much, or what to do with what is selected. */
export function ListToolbar({ title, list, mailbox, mailboxes, selected, onSelect, removal, onlyUnread, onOnlyUnread }: Props) {
  const known = list.ids.filter((id): id is Id => id !== undefined);
  const all = known.length > 0 && selected.size >= known.length;
  return (
    <div className="list-toolbar" role="toolbar" aria-label={t("listTools")}>
      <Checkbox size="sm" aria-label={t("selectAll")} checked={all} indeterminate={selected.size > 0 && !all} onChange={() => onSelect(selected.size > 0 ? new Set() : new Set(known))} disabled={known.length === 0} />
      {selected.size > 0 ? (
        <Group gap={2} wrap="nowrap">
          <Text size="sm" fw={600} mx={6} aria-live="polite">
            {count(selected.size)}
          </Text>
          <Tool label={t("archiveAction")} onClick={removal.archive} icon={<IconArchive size={18} />} />
          <Tool label={mailbox?.role === "junk" ? t("notSpam") : t("spam")} onClick={removal.spam} icon={mailbox?.role === "junk" ? <IconCircleCheck size={18} /> : <IconBan size={18} />} />
          <Tool label={t("delete")} onClick={removal.remove} icon={<IconTrash size={18} />} />
          <Tool label={t("markRead")} onClick={() => removal.mark("$seen", true)} icon={<IconMailOpened size={18} />} />
          <Tool label={t("markUnread")} onClick={() => removal.mark("$seen", false)} icon={<IconMail size={18} />} />
          <Tool label={t("star")} onClick={() => removal.mark("$flagged", true)} icon={<IconStar size={18} />} />
          <MoveMenu mailboxes={mailboxes} current={mailbox} onMove={removal.moveTo} />
        </Group>
      ) : (
        <>
          <div className="list-title">
            <h1>{title}</h1>
            {list.state === "ready" && (
              <Text size="xs" c="dimmed" component="span">
                {count(list.total)}
              </Text>
            )}
          </div>
          {onOnlyUnread && (
            <Tooltip label={t("onlyUnread")}>
              <ActionIcon variant={onlyUnread ? "light" : "subtle"} color={onlyUnread ? "congvu" : "gray"} aria-label={t("onlyUnread")} aria-pressed={onlyUnread} onClick={() => onOnlyUnread(!onlyUnread)}>
                <IconFilter size={18} />
              </ActionIcon>
            </Tooltip>
          )}
          <Tool label={t("refresh")} onClick={() => void list.refresh()} icon={<IconRefresh size={18} />} />
        </>
      )}
    </div>
  );
}

export function Tool({ label, icon, onClick, disabled = false }: { label: string; icon: ReactNode; onClick: () => void; disabled?: boolean }) {
  return (
    <Tooltip label={label} openDelay={300}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={onClick} disabled={disabled}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

export function MoveMenu({ mailboxes, current, onMove }: { mailboxes: Mailbox[]; current: Mailbox | undefined; onMove: (to: Mailbox) => void }) {
  return (
    <Menu shadow="md" position="bottom-start">
      <Menu.Target>
        <Tooltip label={t("moveTo")} openDelay={300}>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("moveTo")}>
            <IconFolderSymlink size={18} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: "auto" }}>
        <Menu.Label>{t("moveTo")}</Menu.Label>
        {folderTree(mailboxes)
          .filter(({ mailbox }) => mailbox.id !== current?.id && mailbox.role !== "drafts" && mailbox.role !== "sent")
          .map(({ mailbox, depth }) => (
            <Menu.Item key={mailbox.id} pl={12 + depth * 14} onClick={() => onMove(mailbox)}>
              {folderName(mailbox)}
            </Menu.Item>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
}
