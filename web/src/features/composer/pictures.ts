import type { JmapClient } from "../../jmap/client";
import type { Email, Id } from "../../jmap/types";
import { dataUrl } from "../reader/body";
import type { Pictures } from "./draft";

const maxPicture = 3 << 20;
const maxAll = 12 << 20;

/** Fetches the pictures that a message shows in its text, so that it can be written on with them. What is too large stays an attachment. */
export async function picturesOf(client: JmapClient, accountId: Id, email: Email): Promise<Pictures> {
  const html = email.htmlBody.map((part) => (part.partId ? (email.bodyValues[part.partId]?.value ?? "") : "")).join("");
  const found = new Map<string, string>();
  let sum = 0;
  for (const part of email.attachments) {
    if (!part.cid || !part.blobId || !/^image\/(png|jpe?g|gif|webp|bmp)$/i.test(part.type) || part.size > maxPicture || sum + part.size > maxAll) continue;
    if (!html.includes(`cid:${part.cid}`) && !html.includes(`cid:${encodeURIComponent(part.cid)}`)) continue;
    sum += part.size;
    const response = await fetch(client.downloadUrl(accountId, part.blobId, part.name ?? "image", part.type));
    if (response.ok) found.set(part.cid, await dataUrl(new Blob([await response.arrayBuffer()], { type: part.type })));
  }
  return found;
}
