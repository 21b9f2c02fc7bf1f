import { formatAddress, nameOf } from "../../app/people";
import type { Email, EmailAddress, Id } from "../../jmap/types";
import type { OwnIdentity } from "../../mail/hooks";
import { t } from "../../texts";
import { longDate } from "../../texts/format";
import { plainText } from "../reader/body";
import { cleanHtml, escapeHtml, textToHtml } from "../reader/sanitize";
import type { ComposeTask } from "./host";

export interface DraftAttachment {
  key: string;
  name: string;
  type: string;
  size: number;
  blobId: Id | null;
  /** Of a picture in the text. */
  cid: string | null;
  /** The picture itself, as the text shows it while it is written. */
  src: string | null;
  /** 0 to 1 while it is on its way; null when it is there or has failed. */
  progress: number | null;
  error: string | null;
}

/** What somebody is writing, as it is kept in this browser and made into a message. */
export interface Draft {
  /** Where this browser keeps it. */
  key: string;
  accountId: Id;
  identityId: Id | null;
  to: EmailAddress[];
  cc: EmailAddress[];
  bcc: EmailAddress[];
  subject: string;
  html: string;
  attachments: DraftAttachment[];
  inReplyTo: string[] | null;
  references: string[] | null;
  /** The message that it answers or forwards, to be marked so when it is sent. */
  answers: { id: Id; keyword: "$answered" | "$forwarded" } | null;
  /** The draft on the server, replaced at the next save. */
  savedId: Id | null;
  changedAt: number;
}

export function newKey(): string {
  return crypto.randomUUID();
}

function blank(accountId: Id): Draft {
  return {
    key: newKey(), accountId, identityId: null, to: [], cc: [], bcc: [], subject: "", html: "<p></p>", attachments: [],
    inReplyTo: null, references: null, answers: null, savedId: null, changedAt: Date.now(),
  };
}

/** The signature that an identity has of its own. */
export function signatureOf(identity: OwnIdentity | undefined): string {
  if (!identity) return "";
  if (identity.htmlSignature) return cleanHtml(identity.htmlSignature, () => null, false).html;
  if (identity.textSignature) return `<p>-- <br>${escapeHtml(identity.textSignature).replace(/\n/g, "<br>")}</p>`;
  return "";
}

// Marked, so that another one can take its place.
function signed(identity: OwnIdentity | undefined): string {
  const html = signatureOf(identity);
  return html ? `<p></p><div data-signature="true">${html}</div>` : "";
}

function prefixed(prefix: string, subject: string | null): string {
  const text = (subject ?? "").trim();
  return new RegExp(`^(${prefix}|${prefix === "Re" ? "Trả lời" : "Fw|Chuyển tiếp"}):`, "i").test(text) ? text : `${prefix}: ${text}`;
}

/** The pictures that a message carries in its text, by Content-ID, as data: addresses. */
export type Pictures = ReadonlyMap<string, string>;

function quoted(email: Email, pictures: Pictures): string {
  const part = email.htmlBody.find((p) => p.partId && email.bodyValues[p.partId]);
  const value = part?.partId ? (email.bodyValues[part.partId]?.value ?? "") : "";
  return part?.type === "text/html" ? cleanHtml(value, (cid) => pictures.get(cid) ?? null, false).html : textToHtml(plainText(email)).replace(/\n/g, "<br>");
}

// Only those that the text shows; what else is attached goes along when a message is forwarded or is a draft.
function inline(email: Email, pictures: Pictures): DraftAttachment[] {
  return email.attachments
    .filter((p) => p.blobId && p.cid && pictures.has(p.cid))
    .map((p) => ({ key: newKey(), name: p.name ?? t("unnamedFile"), type: p.type, size: p.size, blobId: p.blobId, cid: p.cid, src: pictures.get(p.cid ?? "") ?? null, progress: null, error: null }));
}

function files(email: Email, pictures: Pictures): DraftAttachment[] {
  return email.attachments
    .filter((p) => p.blobId && !(p.cid && pictures.has(p.cid)))
    .map((p) => ({ key: newKey(), name: p.name ?? t("unnamedFile"), type: p.type, size: p.size, blobId: p.blobId, cid: null, src: null, progress: null, error: null }));
}

const same = (a: EmailAddress, b: EmailAddress) => a.email.toLowerCase() === b.email.toLowerCase();

/** What the composer begins with. The answer goes out as the mailbox that was written to. */
export function beginDraft(task: Extract<ComposeTask, { kind: "new" | "reply" | "replyAll" | "forward" }>, identities: OwnIdentity[], pictures: Pictures): Draft {
  const draft = blank(task.accountId);
  const own = identities.filter((i) => i.accountId === task.accountId);
  if (task.kind === "new") {
    const identity = own[0] ?? identities[0];
    return { ...draft, identityId: identity?.id ?? null, accountId: identity?.accountId ?? task.accountId, to: task.to ? [{ name: null, email: task.to }] : [], html: `<p></p>${signed(identity)}` };
  }
  const { email } = task;
  const received = [...(email.to ?? []), ...(email.cc ?? [])];
  const identity = own.find((i) => received.some((r) => same(r, i))) ?? own[0];
  const base: Draft = { ...draft, identityId: identity?.id ?? null };
  if (task.kind === "forward") {
    const head = [
      `${t("from")}: ${(email.from ?? []).map(formatAddress).join(", ")}`,
      `${t("date")}: ${longDate(email.sentAt ?? email.receivedAt)}`,
      `${t("subject")}: ${email.subject ?? ""}`,
      `${t("to")}: ${(email.to ?? []).map(formatAddress).join(", ")}`,
    ];
    return {
      ...base,
      subject: prefixed("Fwd", email.subject),
      html: `<p></p>${signed(identity)}<p>---------- ${escapeHtml(t("forwardedMessage"))} ----------<br>${head.map(escapeHtml).join("<br>")}</p>${quoted(email, pictures)}`,
      attachments: [...inline(email, pictures), ...files(email, pictures)],
      references: [...(email.references ?? []), ...(email.messageId ?? [])],
      answers: { id: email.id, keyword: "$forwarded" },
    };
  }
  const isMine = (email.from ?? []).some((a) => identities.some((i) => same(i, a)));
  const to = isMine ? (email.to ?? []) : email.replyTo?.length ? email.replyTo : (email.from ?? []);
  const notMe = (a: EmailAddress) => !identities.some((i) => same(i, a));
  const others = task.kind === "replyAll" ? [...(isMine ? [] : (email.to ?? [])), ...(email.cc ?? [])].filter((a) => notMe(a) && !to.some((one) => same(one, a))) : [];
  const who = (email.from ?? [])[0];
  return {
    ...base,
    to,
    cc: others,
    subject: prefixed("Re", email.subject),
    html: `<p></p>${signed(identity)}<p>${escapeHtml(t("wrote", { date: longDate(email.sentAt ?? email.receivedAt), who: who ? nameOf(who) : "" }))}</p><blockquote>${quoted(email, pictures)}</blockquote>`,
    attachments: inline(email, pictures),
    inReplyTo: email.messageId,
    references: [...(email.references ?? email.inReplyTo ?? []), ...(email.messageId ?? [])],
    answers: { id: email.id, keyword: "$answered" },
  };
}

/** A draft of the server, to go on writing. */
export function draftOf(accountId: Id, email: Email, identities: OwnIdentity[], pictures: Pictures): Draft {
  const from = email.from?.[0];
  const identity = identities.find((i) => i.accountId === accountId && from && same(i, from)) ?? identities.find((i) => i.accountId === accountId);
  return {
    ...blank(accountId),
    identityId: identity?.id ?? null,
    to: email.to ?? [],
    cc: email.cc ?? [],
    bcc: email.bcc ?? [],
    subject: email.subject ?? "",
    html: quoted(email, pictures),
    attachments: [...inline(email, pictures), ...files(email, pictures)],
    inReplyTo: email.inReplyTo,
    references: email.references,
    savedId: email.id,
  };
}

/** The plain text beside the HTML, for who reads plain. */
export function htmlToText(html: string): string {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  const walk = (node: Node): string => {
    if (node.nodeType === Node.TEXT_NODE) return (node.textContent ?? "").replace(/\s+/g, " ");
    if (!(node instanceof Element)) return "";
    const inner = [...node.childNodes].map(walk).join("");
    switch (node.tagName) {
      case "BR":
        return "\n";
      case "LI":
        return `- ${inner.trim()}\n`;
      case "BLOCKQUOTE":
        return `${inner.trim().split("\n").map((l) => `> ${l}`).join("\n")}\n\n`;
      case "A": {
        const href = node.getAttribute("href") ?? "";
        return href && inner.trim() !== href && /^https?:/.test(href) ? `${inner} <${href}>` : inner;
      }
      case "P":
      case "H1":
      case "H2":
      case "H3":
        return `${inner.trim()}\n\n`;
      case "DIV":
      case "TR":
        return `${inner}\n`;
      default:
        return inner;
    }
  };
  return `${walk(body).replace(/\n{3,}/g, "\n\n").trim()}\n`;
}

/** The arguments of Email/set's create for a draft (RFC 8621 §4.6). Pictures in the text travel as parts of their own. */
export function toEmail(draft: Draft, identity: OwnIdentity | undefined, draftsId: Id): Record<string, unknown> {
  let { html } = draft;
  const used: string[] = [];
  for (const { src, cid } of draft.attachments) {
    if (!src || !cid || !html.includes(src)) continue;
    html = html.split(src).join(`cid:${cid}`);
    used.push(cid);
  }
  const files = draft.attachments.filter((a) => a.blobId && (!a.cid || used.includes(a.cid)));
  const addresses = (list: EmailAddress[]) => (list.length > 0 ? list : null);
  return {
    mailboxIds: { [draftsId]: true },
    keywords: { $draft: true, $seen: true },
    from: identity ? [{ name: identity.name || null, email: identity.email }] : null,
    to: addresses(draft.to),
    cc: addresses(draft.cc),
    bcc: addresses(draft.bcc),
    ...(identity?.replyTo ? { replyTo: identity.replyTo } : {}),
    subject: draft.subject,
    ...(draft.inReplyTo ? { inReplyTo: draft.inReplyTo } : {}),
    ...(draft.references?.length ? { references: draft.references } : {}),
    textBody: [{ partId: "text", type: "text/plain" }],
    htmlBody: [{ partId: "html", type: "text/html" }],
    bodyValues: {
      text: { value: htmlToText(html) },
      html: { value: `<!doctype html><html><head><meta charset="utf-8"></head><body>${html}</body></html>` },
    },
    ...(files.length > 0 ? { attachments: files.map((a) => ({ blobId: a.blobId, type: a.type, name: a.name, disposition: a.cid ? "inline" : "attachment", cid: a.cid })) } : {}),
  };
}
