import { Modal, ScrollArea, TextInput, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import type { Mailbox } from "../../jmap/types";
import { fold, t } from "../../texts";
import { folderName, folderTree } from "../folders/names";

/** Where to move to, chosen with the keyboard (v): some letters of the folder's name and Enter. */
export function MoveDialog({ mailboxes, current, onMove, onClose }: { mailboxes: Mailbox[]; current: Mailbox | undefined; onMove: (to: Mailbox) => void; onClose: () => void }) {
  const [text, setText] = useState("");
  const found = folderTree(mailboxes).filter(({ mailbox }) => mailbox.id !== current?.id && mailbox.role !== "drafts" && mailbox.role !== "sent" && fold(folderName(mailbox)).includes(fold(text)));
  const choose = (mailbox: Mailbox | undefined) => {
    if (!mailbox) return;
    onClose();
    onMove(mailbox);
  };
  return (
    <Modal opened onClose={onClose} title={t("moveTo")} closeButtonProps={{ "aria-label": t("close") }}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          choose(found[0]?.mailbox);
        }}
      >
        <TextInput aria-label={t("folderName")} placeholder={t("folderName")} value={text} onChange={(e) => setText(e.currentTarget.value)} data-autofocus mb="xs" />
      </form>
      <ScrollArea.Autosize mah={320}>
        <ul className="choice-list">
          {found.map(({ mailbox, depth }) => (
            <li key={mailbox.id}>
              <UnstyledButton className="choice" style={{ paddingLeft: 12 + depth * 14 }} onClick={() => choose(mailbox)}>
                {folderName(mailbox)}
              </UnstyledButton>
            </li>
          ))}
        </ul>
      </ScrollArea.Autosize>
    </Modal>
  );
}
