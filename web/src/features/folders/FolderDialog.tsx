import { Button, Group, Modal, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type FormEvent } from "react";
import { useApp } from "../../app/context";
import { toast, toastError } from "../../app/toasts";
import type { Id, Mailbox, QueryResult, SetResult } from "../../jmap/types";
import { t } from "../../texts";
import { folderName } from "./names";

export type FolderTask = { kind: "new"; parent: Mailbox | null } | { kind: "rename"; mailbox: Mailbox } | { kind: "delete"; mailbox: Mailbox } | { kind: "empty"; mailbox: Mailbox };

/** Makes, renames, deletes and empties folders. */
export function FolderDialog({ accountId, task, onClose }: { accountId: Id; mailboxes: Mailbox[]; task: FolderTask | null; onClose: () => void }) {
  const { client, mail } = useApp();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    setName(task?.kind === "rename" ? task.mailbox.name : "");
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
  const title = task.kind === "new" ? (task.parent ? t("newSubfolder") : t("newFolder")) : task.kind === "rename" ? t("rename") : task.kind === "delete" ? t("deleteFolder") : t("emptyFolder");
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ "aria-label": t("close") }}>
      <form onSubmit={(e) => void run(e)}>
        {asksName ? (
          <TextInput label={t("folderName")} value={name} onChange={(e) => setName(e.currentTarget.value)} maxLength={200} required data-autofocus error={error} />
        ) : (
          <Text size="sm">{t(task.kind === "delete" ? "deleteFolderAsk" : "emptyFolderAsk", { name: folderName(task.mailbox), n: task.mailbox.totalEmails })}</Text>
        )}
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button type="submit" {...(asksName ? {} : { color: "red" })}>
            {asksName ? t("save") : title}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
