import { Button, Group, Modal, NativeSelect, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type FormEvent } from "react";
import { useApp } from "../../app/context";
import { toast, toastError } from "../../app/toasts";
import type { Id, Mailbox, QueryResult, SetResult } from "../../jmap/types";
import { t } from "../../texts";
import { folderName, folderTree } from "./names";

export type FolderTask = { kind: "new"; parent: Mailbox | null } | { kind: "rename"; mailbox: Mailbox } | { kind: "move"; mailbox: Mailbox } | { kind: "delete"; mailbox: Mailbox } | { kind: "empty"; mailbox: Mailbox };

/** Makes, renames, deletes and empties folders. */
export function FolderDialog({ accountId, mailboxes, task, onClose }: { accountId: Id; mailboxes: Mailbox[]; task: FolderTask | null; onClose: () => void }) {
  const { client, mail } = useApp();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [parent, setParent] = useState("");
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    setName(task?.kind === "rename" ? task.mailbox.name : "");
    setParent(task?.kind === "move" ? (task.mailbox.parentId ?? "") : "");
    setError(null);
  }, [task]);
  if (!task) return null;

  const set = async (args: Record<string, unknown>) => {
    const result = await client.call<SetResult>("Mailbox/set", { accountId, ...args });
    const refused = Object.values({ ...result.notCreated, ...result.notUpdated, ...result.notDestroyed })[0];
    if (refused) throw new Error(refused.type);
  };
  const run = async (event: FormEvent) => {
    event.preventDefault();
    try {
      if (task.kind === "new") await set({ create: { new: { name: name.trim(), parentId: task.parent?.id ?? null } } });
      else if (task.kind === "rename") await set({ update: { [task.mailbox.id]: { name: name.trim() } } });
      else if (task.kind === "move") await set({ update: { [task.mailbox.id]: { parentId: parent || null } } });
      else if (task.kind === "delete") await set({ destroy: [task.mailbox.id], onDestroyRemoveEmails: true });
      else await empty(task.mailbox);
      await queries.invalidateQueries({ queryKey: ["mailboxes", accountId] });
      onClose();
    } catch (failure) {
      if (failure instanceof Error && failure.message === "invalidProperties") setError(t("folderNameTaken"));
      else toastError(failure);
    }
  };
  const empty = async (mailbox: Mailbox) => {
    for (;;) {
      const found = await client.call<QueryResult>("Email/query", { accountId, filter: { inMailbox: mailbox.id }, limit: 400 });
      if (found.ids.length === 0) break;
      await mail.destroy(accountId, found.ids);
    }
    toast(t("folderEmptied", { name: folderName(mailbox) }));
  };

  const asksName = task.kind === "new" || task.kind === "rename";
  const title = task.kind === "new" ? (task.parent ? t("newSubfolder") : t("newFolder")) : task.kind === "rename" ? t("rename") : task.kind === "move" ? t("moveFolder") : task.kind === "delete" ? t("deleteFolder") : t("emptyFolder");
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ "aria-label": t("close") }}>
      <form onSubmit={(e) => void run(e)}>
        {asksName ? (
          <TextInput label={t("folderName")} value={name} onChange={(e) => setName(e.currentTarget.value)} maxLength={200} required data-autofocus error={error} />
        ) : task.kind === "move" ? (
          <NativeSelect label={t("moveFolderInto", { name: folderName(task.mailbox) })} value={parent} onChange={(e) => setParent(e.currentTarget.value)} data={[{ value: "", label: t("topLevel") }, ...places(mailboxes, task.mailbox)]} error={error} data-autofocus />
        ) : (
          <Text size="sm">{t(task.kind === "delete" ? "deleteFolderAsk" : "emptyFolderAsk", { name: folderName(task.mailbox), n: task.mailbox.totalEmails })}</Text>
        )}
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button type="submit" {...(task.kind === "delete" || task.kind === "empty" ? { color: "red" } : {})}>
            {task.kind === "delete" || task.kind === "empty" ? title : t("save")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

// Not into itself, nor into what is in it.
function places(mailboxes: Mailbox[], moved: Mailbox): { value: string; label: string }[] {
  const within = new Set(folderTree(mailboxes, moved.id).map(({ mailbox }) => mailbox.id));
  return folderTree(mailboxes)
    .filter(({ mailbox }) => mailbox.id !== moved.id && !within.has(mailbox.id))
    .map(({ mailbox, depth }) => ({ value: mailbox.id, label: `${"\u2003".repeat(depth)}${folderName(mailbox)}` }));
}
