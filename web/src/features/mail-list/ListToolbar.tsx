import { ActionIcon, Button, Checkbox, Group, Menu, Text, Tooltip } from "@mantine/core";
import { IconArchive, IconBan, IconCircleCheck, IconFilter, IconFolderSymlink, IconMail, IconMailOpened, IconRefresh, IconStar, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Id, Mailbox } from "../../jmap/types";
import type { MailList } from "../../mail/mailList";
import { t } from "../../texts";
import { count } from "../../texts/format";
import { folderName, folderTree } from "../folders/names";
import type { Removal } from "./MailPage";
import type { Selection } from "./useSelection";

interface Props {
  title: string;
  list: MailList;
  mailbox: Mailbox | undefined;
  mailboxes: Mailbox[];
  selection: Selection;
  removal: Removal;
  onlyUnread: boolean;
  onOnlyUnread: ((value: boolean) => void) | null;
}

/** Above the list: what it is and how much, or what to do with what is selected. */
export function ListToolbar({ title, list, mailbox, mailboxes, selection, removal, onlyUnread, onOnlyUnread }: Props) {
  const known = list.ids.filter((id): id is Id => id !== undefined);
  const selected = selection.ids;
  const all = known.length > 0 && selected.size >= known.length;
  return (
    <>
    <div className="list-toolbar" role="toolbar" aria-label={t("listTools")}>
      <Checkbox size="sm" aria-label={t("selectAll")} checked={all} indeterminate={selected.size > 0 && !all} onChange={() => (selected.size > 0 ? selection.clear() : selection.set(new Set(known)))} disabled={known.length === 0} />
      {selected.size > 0 ? (
        <Group gap={2} wrap="nowrap">
          <Text size="sm" fw={600} mx={6} aria-live="polite">
            {count(selection.isEverything ? list.total : selected.size)}
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
    {all && known.length < list.total && (
      <div className="select-all" role="status">
        {selection.isEverything ? t("everythingSelected", { n: count(list.total) }) : t("selectedN", { n: count(selected.size) })}
        {!selection.isEverything && (
          <Button size="compact-xs" variant="subtle" onClick={selection.selectEverything}>
            {t("selectEverything", { n: count(list.total) })}
          </Button>
        )}
      </div>
    )}
    </>
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
