import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useApp } from "../../app/context";
import type { Email, EmailBodyPart, Id } from "../../jmap/types";
import { cleanHtml, textToHtml, type Cleaned } from "./sanitize";

const maxInline = 5 << 20;

/** Pictures that the text of a message shows, as data: addresses: the frame has no origin that could load others. */
function useInlineImages(accountId: Id, email: Email): Map<string, string> | null {
  const { client } = useApp();
  const parts = useMemo(() => [...email.attachments, ...email.htmlBody].filter((p) => p.cid && p.blobId && /^image\/(png|jpe?g|gif|webp|bmp)$/i.test(p.type) && p.size <= maxInline), [email]);
  const { data } = useQuery({
    queryKey: ["inline", accountId, email.id],
    enabled: parts.length > 0,
    staleTime: Infinity,
    queryFn: async () => {
      const entries = await Promise.all(
        parts.map(async (part): Promise<[string, string]> => {
          const response = await fetch(client.downloadUrl(accountId, part.blobId ?? "", "image", part.type));
          return [part.cid ?? "", await dataUrl(new Blob([await response.arrayBuffer()], { type: part.type }))];
        }),
      );
      return new Map(entries);
    },
  });
  return parts.length > 0 ? (data ?? null) : new Map();
}

export function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error("unreadable"));
    reader.readAsDataURL(blob);
  });
}

/** The text of a message, ready for its frame. */
export function useBody(accountId: Id, email: Email, remote: boolean): Cleaned & { isTruncated: boolean } {
  const images = useInlineImages(accountId, email);
  return useMemo(() => {
    let html = "";
    let isTruncated = false;
    let hasRemote = false;
    let hasColors = false;
    for (const part of email.htmlBody) {
      const value = part.partId ? email.bodyValues[part.partId] : undefined;
      if (value && part.type === "text/html") {
        const cleaned = cleanHtml(value.value, (cid) => images?.get(cid) ?? null, remote);
        html += cleaned.html;
        hasRemote ||= cleaned.hasRemote;
        hasColors ||= cleaned.hasColors;
      } else if (value) html += textToHtml(value.value);
      isTruncated ||= (value?.isTruncated ?? false) && (value?.value.length ?? 0) > 100_000;
    }
    return { html, hasRemote, hasColors, isTruncated };
  }, [email, images, remote]);
}

/** The text without its dress, for quoting and for who reads plain. */
export function plainText(email: Email): string {
  const part = email.textBody.find((p) => p.partId && email.bodyValues[p.partId]);
  const value = part?.partId ? (email.bodyValues[part.partId]?.value ?? "") : "";
  if (part?.type !== "text/html") return value;
  return new DOMParser().parseFromString(value, "text/html").body.textContent ?? "";
}

/** What is listed below the text: not the pictures that are shown in it. */
export function listedAttachments(email: Email): EmailBodyPart[] {
  const html = email.htmlBody.map((p) => (p.partId ? (email.bodyValues[p.partId]?.value ?? "") : "")).join("");
  return email.attachments.filter((p) => !(p.cid && p.disposition !== "attachment" && html.includes(`cid:${p.cid}`)) && p.type !== "application/pkcs7-signature" && p.type !== "application/x-pkcs7-signature");
}
