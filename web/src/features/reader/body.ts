import { keepPreviousData, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { useApp } from "../../app/context";
import type { Email, EmailBodyPart, Id } from "../../jmap/types";
import { threadQuery } from "../../mail/hooks";
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

const htmlParts = (email: Email) => email.htmlBody.flatMap((p) => (p.type === "text/html" && p.partId ? [p.partId] : []));

/** How the HTML of a message is fetched, by part. */
export function htmlQuery(accountId: Id, email: Email, remote: boolean) {
  return queryOptions({
    queryKey: ["html", accountId, email.id, remote],
    staleTime: Infinity,
    queryFn: async () => new Map(await Promise.all(htmlParts(email).map(async (id): Promise<[string, Part]> => [id, await fetchPart(accountId, email.id, id, remote)]))),
  });
}

/** Fetches what a conversation shows when it is opened, before it is. */
export function usePrefetch(accountId: Id): (threadId: Id) => void {
  const app = useApp();
  const queries = useQueryClient();
  return useCallback(
    (threadId) => {
      void queries
        .fetchQuery(threadQuery(app, accountId, threadId))
        .then((emails) => {
          const newest = emails.at(-1);
          const trusted = app.preferences.trustedSenders?.includes(newest?.from?.[0]?.email.toLowerCase() ?? "") ?? false;
          if (newest && htmlParts(newest).length > 0) return queries.prefetchQuery(htmlQuery(accountId, newest, trusted));
          return undefined;
        })
        .catch(() => undefined);
    },
    [app, queries, accountId],
  );
}

/** The text of a message, ready for its frame: HTML is made safe on the server, and once more here. */
export function useBody(accountId: Id, email: Email, remote: boolean): Body {
  const hasHtml = htmlParts(email).length > 0;
  const { data } = useQuery({ ...htmlQuery(accountId, email, remote), enabled: hasHtml, placeholderData: keepPreviousData });
  return useMemo(() => {
    const body: Body = { html: "", hasRemote: false, hasColors: false, isTruncated: false, isReady: !hasHtml || data !== undefined };
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
  }, [email, data, hasHtml, remote]);
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
  return email.attachments.filter((p) => !(p.cid && p.disposition !== "attachment" && html.includes(`cid:${p.cid}`)) && p.type !== "application/pkcs7-signature" && p.type !== "application/x-pkcs7-signature" && !/^application\/(x-)?pkcs7-mime$/.test(p.type));
}
