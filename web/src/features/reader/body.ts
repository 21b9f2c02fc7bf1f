import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Email, EmailBodyPart, Id } from "../../jmap/types";
import { cleanHtml, textToHtml, type Cleaned } from "./sanitize";

/** What Email/get is asked for of each text. */
export const maxText = 500_000;

export function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error("unreadable"));
    reader.readAsDataURL(blob);
  });
}

interface Part {
  html: string;
  blocked: number;
}

/** The HTML of a part as the server has made it safe, with the pictures that the message carries in it. */
async function fetchPart(accountId: Id, emailId: Id, partId: string, remote: boolean): Promise<Part> {
  const response = await fetch(`/api/html/${encodeURIComponent(accountId)}/${encodeURIComponent(emailId)}/${encodeURIComponent(partId)}?images=${remote}`);
  if (!response.ok) throw new Error(`http${response.status}`);
  return { html: await response.text(), blocked: Number(response.headers.get("X-Blocked-Images") ?? 0) };
}

export interface Body extends Cleaned {
  isTruncated: boolean;
  isReady: boolean;
}

/** The text of a message, ready for its frame: HTML is made safe on the server, and once more here. */
export function useBody(accountId: Id, email: Email, remote: boolean): Body {
  const htmlParts = useMemo(() => email.htmlBody.filter((p) => p.type === "text/html" && p.partId).map((p) => p.partId ?? ""), [email]);
  const { data } = useQuery({
    queryKey: ["html", accountId, email.id, remote],
    enabled: htmlParts.length > 0,
    staleTime: Infinity,
    placeholderData: keepPreviousData,
    queryFn: async () => new Map(await Promise.all(htmlParts.map(async (id): Promise<[string, Part]> => [id, await fetchPart(accountId, email.id, id, remote)]))),
  });
  return useMemo(() => {
    const body: Body = { html: "", hasRemote: false, hasColors: false, isTruncated: false, isReady: htmlParts.length === 0 || data !== undefined };
    for (const part of email.htmlBody) {
      const safe = data?.get(part.partId ?? "");
      const value = part.partId ? email.bodyValues[part.partId] : undefined;
      if (part.type === "text/html") {
        if (!safe) continue;
        const cleaned = cleanHtml(safe.html, () => null, remote);
        body.html += cleaned.html;
        body.hasRemote ||= cleaned.hasRemote || safe.blocked > 0;
        body.hasColors ||= cleaned.hasColors;
      } else if (value) {
        body.html += textToHtml(value.value);
        body.isTruncated ||= value.isTruncated === true && value.value.length >= maxText;
      }
    }
    return body;
  }, [email, data, htmlParts, remote]);
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
