import { ActionIcon, Button, CloseButton, FileButton, Group, Loader, Menu, NativeSelect, Paper, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconChevronDown, IconClock, IconMaximize, IconMinimize, IconPaperclip, IconTrash } from "@tabler/icons-react";
import type { Editor as TipTap } from "@tiptap/react";
import { useEffect, useRef, useState, type DragEvent } from "react";
import { useApp } from "../../app/context";
import { toast, toastError } from "../../app/toasts";
import type { Email, GetResult } from "../../jmap/types";
import { bodyProperties, useIdentities, useMailboxes, type OwnIdentity } from "../../mail/hooks";
import { t } from "../../texts";
import { cleanHtml } from "../reader/sanitize";
import { AddressInput } from "./AddressInput";
import { AttachmentList } from "./AttachmentList";
import { beginDraft, draftOf, signatureOf, type Draft } from "./draft";
import { Editor } from "./Editor";
import type { ComposeTask } from "./host";
import { kept } from "./keep";
import { ProtectionMenu } from "../smime/ProtectionMenu";
import type { Protection } from "../smime/write";
import { picturesOf } from "./pictures";
import { ScheduleDialog } from "./ScheduleDialog";
import { send, SendError } from "./send";
import { putSignature } from "./signature";
import { SignatureMenu } from "./SignatureMenu";
import { Templates } from "./Templates";
import { useDraft } from "./useDraft";

interface Props {
  task: ComposeTask;
  isPhone: boolean;
  onClose: () => void;
}

/** Where mail is written: begins with what is known, then shows the form. */
export default function Composer({ task, isPhone, onClose }: Props) {
  const { client, session } = useApp();
  const identities = useIdentities();
  useMailboxes(task.accountId);
  const { data: first, error } = useQuery({
    queryKey: ["compose", task],
    enabled: identities.length > 0,
    staleTime: Infinity,
    gcTime: 0,
    queryFn: async (): Promise<Draft> => {
      if (task.kind === "restore") {
        const found = (await kept(session.login)).find((d) => d.key === task.key);
        if (!found) throw new Error(t("draftGone"));
        return found;
      }
      if (task.kind === "new") return beginDraft(task, identities, new Map());
      if (task.kind !== "draft") return beginDraft(task, identities, await picturesOf(client, task.accountId, task.email));
      const { accountId, emailId } = task;
      const email = (await client.call<GetResult<Email>>("Email/get", { accountId, ids: [emailId], properties: bodyProperties, fetchTextBodyValues: true, fetchHTMLBodyValues: true })).list[0];
      if (!email) throw new Error(t("draftGone"));
      return draftOf(accountId, email, identities, await picturesOf(client, accountId, email));
    },
  });
  useEffect(() => {
    if (!error) return;
    toastError(error);
    onClose();
  }, [error, onClose]);
  return (
    <Paper className={isPhone ? "composer phone" : "composer"} shadow="xl" withBorder role="dialog" aria-label={t("compose")}>
      {first ? <Form first={first} identities={identities} isPhone={isPhone} isAnswer={task.kind === "reply" || task.kind === "replyAll"} onClose={onClose} /> : <Loader m="xl" aria-label={t("loading")} />}
    </Paper>
  );
}

function Form({ first, identities, isPhone, isAnswer, onClose }: { first: Draft; identities: OwnIdentity[]; isPhone: boolean; isAnswer: boolean; onClose: () => void }) {
  const { client, mail, preferences, session } = useApp();
  const { draft, saved, identity, change, attach, retry, detach, moveTo, save, finish, emailNow, current, settled } = useDraft(first, identities);
  const [copies, setCopies] = useState(first.cc.length + first.bcc.length > 0);
  const [isWide, setWide] = useState(false);
  const [scheduling, setScheduling] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [isOver, setOver] = useState(false);
  const editor = useRef<TipTap | null>(null);

  const close = () => {
    onClose();
    void save().then((ok) => ok && current().savedId && toast(t("draftSaved")));
  };
  const discard = async () => {
    onClose();
    await settled();
    const { savedId, accountId } = current();
    await finish();
    if (savedId) await mail.destroy(accountId, [savedId]).catch(toastError);
    toast(t("draftDiscarded"));
  };
  const [protection, setProtection] = useState<Protection>({ sign: false, encrypt: false });
  const submit = async (hold: { seconds: number } | { until: Date }) => {
    setProblem(null);
    if (draft.to.length + draft.cc.length + draft.bcc.length === 0) return setProblem(t("sendNoRecipients"));
    if (draft.attachments.some((a) => a.progress !== null)) return setProblem(t("uploadsRunning"));
    if (!identity) return setProblem(t("sendForbidden"));
    const text = editor.current?.getText() ?? "";
    if (draft.attachments.length === 0 && /đính kèm|kèm theo|gửi kèm/i.test(text.split("----------")[0] ?? "") && !draft.answers && !window.confirm(t("forgotAttachment"))) return;
    if (draft.subject.trim() === "" && !window.confirm(t("sendWithoutSubject"))) return;
    setBusy(true);
    await settled();
    try {
      await send(client, mail, current(), emailNow(), identity, hold, protection.sign || protection.encrypt ? await protectNow() : undefined);
      await finish();
      onClose();
    } catch (error) {
      if (error instanceof SendError) change({ savedId: error.savedId });
      setProblem(error instanceof SendError ? error.message : error instanceof Error && error.name === "NoCertificateError" ? t("smimeNoCertificate", { who: error.message }) : t("sendOffline"));
      setBusy(false);
    }
  };
  // The keys are looked for before anything is made.
  const protectNow = async () => {
    const { keysFor, protect } = await import("../smime/write");
    const { accountId, to, cc, bcc } = current();
    const keys = await keysFor(session.login, identity?.email ?? "", [...to, ...cc, ...bcc].map((a) => a.email), protection);
    return () => protect(client, accountId, emailNow(), keys, protection);
  };
  const choose = async (value: string) => {
    const [accountId, id] = value.split("/");
    const next = identities.find((i) => i.accountId === accountId && i.id === id);
    if (!next || !accountId) return;
    const old = current();
    try {
      await moveTo(accountId);
    } catch (error) {
      return toastError(error);
    }
    // A draft stays in its account: the new one begins in the other, the old one goes.
    if (old.savedId && old.accountId !== accountId) void mail.destroy(old.accountId, [old.savedId]).catch(() => undefined);
    change({ accountId, identityId: next.id, ...(old.accountId === accountId ? {} : { savedId: null }) });
    if (editor.current && signatureOf(identity) !== signatureOf(next)) putSignature(editor.current, signatureOf(next));
  };
  const files = (list: File[]) => void attach(list, (src) => editor.current?.chain().focus().setImage({ src }).run());
  const drop = (event: DragEvent) => {
    setOver(false);
    if (event.defaultPrevented || event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    void attach([...event.dataTransfer.files]);
  };
  const status = saved === "saving" ? t("saving") : saved === "saved" ? t("savedNow") : saved === "waiting" ? t("savedHere") : "";
  return (
    <form
      className={`compose-form${isWide && !isPhone ? " wide" : ""}${isOver ? " over" : ""}`}
      onSubmit={(e) => {
        e.preventDefault();
        void submit({ seconds: preferences.undoSeconds ?? 10 });
      }}
      onKeyDown={(e) => {
        if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
          e.preventDefault();
          void submit({ seconds: preferences.undoSeconds ?? 10 });
        } else if (e.key === "Escape" && !e.defaultPrevented) close();
      }}
      onDragOver={(e) => e.dataTransfer.types.includes("Files") && (e.preventDefault(), setOver(true))}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div className="compose-head">
        <Text fw={600} size="sm" truncate>
          {draft.subject || t("newMessage")}
        </Text>
        <Text size="xs" className="compose-status" role="status">
          {status}
        </Text>
        {!isPhone && (
          <ActionIcon variant="transparent" c="inherit" aria-label={isWide ? t("smaller") : t("larger")} onClick={() => setWide(!isWide)}>
            {isWide ? <IconMinimize size={17} /> : <IconMaximize size={17} />}
          </ActionIcon>
        )}
        <CloseButton variant="transparent" c="inherit" aria-label={t("saveAndClose")} onClick={close} />
      </div>
      <div className="compose-fields">
        {identities.length > 1 && (
          <div className="compose-line">
            <span className="compose-label" aria-hidden>
              {t("from")}
            </span>
            <NativeSelect
              variant="unstyled"
              className="compose-field"
              aria-label={t("from")}
              value={`${draft.accountId}/${draft.identityId}`}
              onChange={(e) => void choose(e.currentTarget.value)}
              data={identities.map((i) => ({ value: `${i.accountId}/${i.id}`, label: `${i.name} <${i.email}>` }))}
            />
          </div>
        )}
        <div className="compose-to">
          <AddressInput label={t("to")} value={draft.to} onChange={(to) => change({ to })} autoFocus={!isAnswer && draft.to.length === 0} />
          {!copies && (
            <UnstyledButton className="compose-copies" onClick={() => setCopies(true)}>
              {t("addCopies")}
            </UnstyledButton>
          )}
        </div>
        {copies && <AddressInput label={t("cc")} value={draft.cc} onChange={(cc) => change({ cc })} />}
        {copies && <AddressInput label={t("bcc")} value={draft.bcc} onChange={(bcc) => change({ bcc })} />}
        <div className="compose-line">
          <span className="compose-label" aria-hidden>
            {t("subject")}
          </span>
          <input className="compose-subject" aria-label={t("subject")} value={draft.subject} onChange={(e) => change({ subject: e.currentTarget.value })} maxLength={500} />
        </div>
      </div>
      <Editor html={first.html} autoFocus={isAnswer} onChange={(html) => change({ html })} onFiles={files} onReady={(made) => (editor.current = made)} />
      <AttachmentList attachments={draft.attachments.filter((a) => !a.cid || a.error)} onRemove={detach} onRetry={retry} />
      {problem && (
        <Text role="alert" c="red" size="sm" px="md" py={4}>
          {problem}
        </Text>
      )}
      <Group className="compose-foot" gap="xs" wrap="nowrap">
        <Button.Group>
          <Button type="submit" loading={busy}>
            {t("send")}
          </Button>
          <Menu position="top-start" shadow="md">
            <Menu.Target>
              <Button px={8} aria-label={t("sendOptions")} style={{ borderLeft: "1px solid #ffffff55" }}>
                <IconChevronDown size={16} />
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconClock size={16} />} onClick={() => setScheduling(true)}>
                {t("scheduleSend")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Button.Group>
        <FileButton onChange={(list) => void attach(list)} multiple>
          {(props) => (
            <Tooltip label={t("attachFiles")}>
              <ActionIcon {...props} variant="subtle" color="gray" size="lg" aria-label={t("attachFiles")}>
                <IconPaperclip size={20} />
              </ActionIcon>
            </Tooltip>
          )}
        </FileButton>
        <Templates
          onInsert={(template) => {
            editor.current?.chain().focus().insertContent(cleanHtml(template.html, () => null, false).html).run();
            if (template.subject && !current().subject.trim()) change({ subject: template.subject });
          }}
          html={() => editor.current?.getHTML() ?? ""}
          subject={draft.subject}
        />
        <SignatureMenu identity={identity} onChoose={(html) => editor.current && putSignature(editor.current, html)} />
        <ProtectionMenu address={identity?.email ?? ""} value={protection} onChange={setProtection} />
        <Tooltip label={t("discardDraft")}>
          <ActionIcon variant="subtle" color="gray" size="lg" ml="auto" aria-label={t("discardDraft")} onClick={() => void discard()}>
            <IconTrash size={19} />
          </ActionIcon>
        </Tooltip>
      </Group>
      <ScheduleDialog opened={scheduling} onClose={() => setScheduling(false)} onChoose={(until) => (setScheduling(false), void submit({ until }))} />
    </form>
  );
}
