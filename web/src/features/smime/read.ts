import { request } from "../../api/http";
import type { JmapClient } from "../../jmap/client";
import type { Email, Id } from "../../jmap/types";
import { cleanHtml, textToHtml } from "../reader/sanitize";
import { decrypt, readPem, verify, type Signature } from "./cms";
import { keepOther, ownKeys } from "./keys";
import { decodeBody, decodeText, decodeWords, fileNameOf, header, leaves, parseMime, toBase64, type Part } from "./mime";

export interface SecureContent {
  html: string;
  hasColors: boolean;
  files: { name: string; type: string; bytes: Uint8Array }[];
}

export interface SecureMessage {
  signature: Signature | null;
  isEncrypted: boolean;
  /** It is encrypted, and for no key that is here. */
  isLocked: boolean;
  /** What was inside; null where the server shows the text itself. */
  content: SecureContent | null;
}

let authorities: Promise<ArrayBuffer[]> | null = null;


/** Roots that the operator trusts. */
function trusted(): Promise<ArrayBuffer[]> {
  authorities ??= request<{ pem: string }>("GET", "/api/smime/authorities").then((answer) => readPem(answer.pem)).catch(() => []);
  return authorities;
}

/** Checks the signature of a message and decrypts it, with the message as it came. Who signed rightly is remembered, so that mail to them can be encrypted. */
export async function readSecure(client: JmapClient, login: string, isPublic: boolean, accountId: Id, email: Email): Promise<SecureMessage> {
  const response = await fetch(client.downloadUrl(accountId, email.blobId, "thu.eml", "message/rfc822"));
  if (!response.ok) throw new Error(`http${response.status}`);
  const from = email.from?.[0]?.email ?? "";
  const result: SecureMessage = { signature: null, isEncrypted: false, isLocked: false, content: null };
  let part = parseMime(new Uint8Array(await response.arrayBuffer()));
  // Encrypted, signed, or one in the other; never deeper than that.
  for (let layer = 0; layer < 3; layer++) {
    if (part.type === "multipart/signed") {
      const [content, signature] = part.parts;
      if (part.parts.length !== 2 || !content || !signature || !/pkcs7-signature$/.test(signature.type)) break;
      result.signature = await verify(decodeBody(signature), content.raw, from, await trusted());
      part = parseMime(content.raw);
    } else if (/^application\/(x-)?pkcs7-mime$/.test(part.type)) {
      const bytes = decodeBody(part);
      if (part.parameters["smime-type"] === "signed-data") {
        result.signature = await verify(bytes, null, from, await trusted());
        if (!result.signature.content) break;
        part = parseMime(result.signature.content);
        result.content = show(part);
      } else {
        result.isEncrypted = true;
        const inside = await decrypt(bytes, isPublic ? [] : await ownKeys(login)).catch(() => null);
        if (!inside) {
          result.isLocked = true;
          break;
        }
        part = parseMime(inside);
        result.content = show(part);
      }
    } else break;
    if (result.isEncrypted) result.content = show(part);
  }
  const signature = result.signature;
  if (signature?.signer && !isPublic && !signature.doubts.some((d) => d !== "untrusted" && d !== "weak")) await keepOther(login, signature.signer).catch(() => undefined);
  return result;
}

// The text, HTML made safe here (the server never sees it), and what is beside it.
function show(part: Part): SecureContent {
  const all = leaves(part);
  const isFile = (p: Part) => /^attachment/i.test(header(p, "content-disposition") ?? "");
  const html = all.find((p) => p.type === "text/html" && !isFile(p));
  const text = all.find((p) => p.type === "text/plain" && !isFile(p));
  const used = new Set<Part>([...(html ? [html] : []), ...(text ? [text] : [])]);
  const picture = (cid: string): string | null => {
    const found = all.find((p) => header(p, "content-id")?.replace(/[<>]/g, "") === cid && /^image\/(png|jpe?g|gif|webp|bmp)$/.test(p.type));
    if (!found) return null;
    used.add(found);
    return `data:${found.type};base64,${toBase64(decodeBody(found)).replace(/\s/g, "")}`;
  };
  const cleaned = html ? cleanHtml(decodeText(html), picture, false) : null;
  return {
    html: cleaned?.html ?? (text ? textToHtml(decodeText(text)) : ""),
    hasColors: cleaned?.hasColors ?? false,
    files: all
      .filter((p) => !used.has(p) && !/pkcs7-signature$/.test(p.type))
      .map((p, n) => ({ name: (decodeWords(fileNameOf(p) ?? "") || `tep-${n + 1}`).replace(/[\\/\u0000-\u001f\u202a-\u202e\u2066-\u2069]/g, "_"), type: p.type, bytes: decodeBody(p) })),
  };
}
