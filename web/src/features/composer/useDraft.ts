import { useCallback, useEffect, useRef, useState } from "react";
import { useApp } from "../../app/context";
import type { Id, SetResult } from "../../jmap/types";
import { toast } from "../../app/toasts";
import { upload } from "../../jmap/upload";
import type { OwnIdentity } from "../../mail/hooks";
import { t } from "../../texts";
import { dataUrl } from "../reader/body";
import { newKey, toEmail, type Draft, type DraftAttachment } from "./draft";
import { forget, holdDraft, keep } from "./keep";

const toBrowser = 300;
const toServer = 2000;

export type Saved = "unchanged" | "saving" | "saved" | "waiting";

// A5.3: attachments of one message, as they are.
const maxAttachments = 30 << 20;

/** A draft while it is written: kept in this browser at once, on the server soon after; what fails is tried again. */
export function useDraft(first: Draft, identities: OwnIdentity[]) {
  const { client, mail, session } = useApp();
  const [draft, setDraft] = useState(first);
  const [saved, setSaved] = useState<Saved>("unchanged");
  const now = useRef(first);
  const sources = useRef(new Map<string, File>());
  const timers = useRef<{ browser?: ReturnType<typeof setTimeout>; server?: ReturnType<typeof setTimeout> }>({});
  const saving = useRef<Promise<boolean>>(Promise.resolve(true));
  const isDirty = useRef(false);
  const isDone = useRef(false);
  const uploads = useRef(new Map<string, AbortController>());

  const identity = identities.find((i) => i.id === draft.identityId && i.accountId === draft.accountId);
  const identityNow = useRef(identity);
  identityNow.current = identity;

  const emailNow = useCallback(() => {
    const current = now.current;
    const drafts = mail.mailbox(current.accountId, "drafts")?.id ?? "";
    return toEmail(current, identityNow.current, drafts);
  }, [mail]);

  /** Saves on the server; false when that did not work. */
  const save = useCallback((): Promise<boolean> => {
    if (timers.current.server) clearTimeout(timers.current.server);
    saving.current = saving.current.then(async () => {
      if (!isDirty.current || isDone.current) return true;
      isDirty.current = false;
      setSaved("saving");
      const { accountId, savedId } = now.current;
      try {
        const result = await client.call<SetResult<{ id: Id }>>("Email/set", { accountId, create: { draft: emailNow() }, ...(savedId ? { destroy: [savedId] } : {}) });
        const made = result.created?.["draft"];
        // Somebody else has replaced the draft that this one was: both stay, and that is said.
        if (savedId && result.notDestroyed?.[savedId]) toast(t("draftConflict"), { isError: true, seconds: 20 });
        if (!made) throw new Error(result.notCreated?.["draft"]?.description ?? "notCreated");
        now.current = { ...now.current, savedId: made.id };
        if (!isDirty.current) {
          setSaved("saved");
          if (!isDone.current) await forget(session.login, now.current.key);
        }
        return true;
      } catch {
        isDirty.current = true;
        setSaved("waiting");
        timers.current.server = setTimeout(() => void save(), 10_000);
        return false;
      }
    });
    return saving.current;
  }, [client, emailNow, session.login]);

  const change = useCallback(
    (patch: Partial<Draft> | ((before: Draft) => Partial<Draft>)) => {
      const changes = typeof patch === "function" ? patch(now.current) : patch;
      now.current = { ...now.current, ...changes, changedAt: Date.now() };
      setDraft(now.current);
      isDirty.current = true;
      setSaved((was) => (was === "waiting" ? was : "unchanged"));
      clearTimeout(timers.current.browser);
      clearTimeout(timers.current.server);
      if (!session.publicComputer) timers.current.browser = setTimeout(() => !isDone.current && isDirty.current && void keep(session.login, now.current), toBrowser);
      timers.current.server = setTimeout(() => void save(), toServer);
    },
    [save, session],
  );

  const setAttachment = useCallback(
    (key: string, patch: Partial<DraftAttachment>) => change((before) => ({ attachments: before.attachments.map((a) => (a.key === key ? { ...a, ...patch } : a)) })),
    [change],
  );

  const send = useCallback(
    async (key: string, file: File) => {
      const abort = new AbortController();
      uploads.current.set(key, abort);
      const { accountId } = now.current;
      try {
        const made = await upload(client, accountId, file, (share) => setAttachment(key, { progress: share }), abort.signal);
        setAttachment(key, { blobId: made.blobId, progress: null });
        sources.current.delete(key);
      } catch (error) {
        if (!(error instanceof DOMException)) setAttachment(key, { progress: null, error: t("uploadFailed") });
      }
      uploads.current.delete(key);
    },
    [client, setAttachment],
  );

  const attach = useCallback(
    async (files: File[], onImage?: (src: string) => void) => {
      for (const file of files) {
        const isInline = !!onImage && /^image\/(png|jpe?g|gif|webp)$/.test(file.type) && file.size < 3 << 20;
        const key = newKey();
        const total = now.current.attachments.reduce((sum, a) => sum + (a.error ? 0 : a.size), 0) + file.size;
        const cid = isInline ? `${key}@congvu` : null;
        const src = isInline ? await dataUrl(file) : null;
        const entry: DraftAttachment = { key, name: file.name || t("pastedImage"), type: file.type || "application/octet-stream", size: file.size, blobId: null, cid, src, progress: 0, error: null };
        if (total > maxAttachments) {
          change((before) => ({ attachments: [...before.attachments, { ...entry, progress: null, error: t("attachmentsTooLarge") }] }));
          continue;
        }
        change((before) => ({ attachments: [...before.attachments, entry] }));
        if (src) onImage?.(src);
        sources.current.set(key, file);
        void send(key, file);
      }
    },
    [change, send],
  );

  /** Uploads once more what could not be. */
  const retry = useCallback(
    (key: string) => {
      const file = sources.current.get(key);
      if (!file) return;
      setAttachment(key, { progress: 0, error: null });
      void send(key, file);
    },
    [send, setAttachment],
  );

  /** What is attached belongs to an account; another one's draft needs its own. */
  const moveTo = useCallback(
    async (accountId: Id) => {
      const from = now.current.accountId;
      const blobIds = now.current.attachments.flatMap((a) => (a.blobId ? [a.blobId] : []));
      if (from === accountId || blobIds.length === 0) return;
      const copied = (await client.call<{ copied: Record<Id, Id> | null }>("Blob/copy", { fromAccountId: from, accountId, blobIds })).copied ?? {};
      change((before) => ({ attachments: before.attachments.map((a) => (a.blobId ? { ...a, blobId: copied[a.blobId] ?? null, error: copied[a.blobId] ? null : t("uploadFailed") } : a)) }));
    },
    [change, client],
  );

  const detach = useCallback(
    (key: string) => {
      uploads.current.get(key)?.abort();
      change((before) => ({ attachments: before.attachments.filter((a) => a.key !== key) }));
    },
    [change],
  );

  /** After this nothing is saved any more: it was sent or thrown away. */
  const finish = useCallback(async () => {
    isDone.current = true;
    clearTimeout(timers.current.browser);
    clearTimeout(timers.current.server);
    await forget(session.login, now.current.key);
  }, [session.login]);

  useEffect(() => holdDraft(first.key), [first.key]);
  useEffect(() => {
    const leave = () => {
      if (isDirty.current && !isDone.current && !session.publicComputer) void keep(session.login, now.current);
    };
    const back = () => isDirty.current && void save();
    window.addEventListener("pagehide", leave);
    window.addEventListener("online", back);
    const waiting = timers.current;
    return () => {
      window.removeEventListener("pagehide", leave);
      window.removeEventListener("online", back);
      if (isDirty.current && !isDone.current) void save();
      clearTimeout(waiting.browser);
    };
  }, [save, session]);

  return { draft, saved, identity, change, attach, retry, detach, moveTo, save, finish, emailNow, current: () => now.current, settled: () => saving.current };
}
