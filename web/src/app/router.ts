import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();

window.addEventListener("popstate", () => listeners.forEach((l) => l()));

/** Goes to a page of the application. */
export function navigate(path: string, replace = false): void {
  if (path === location.pathname + location.search) return;
  if (replace) history.replaceState(null, "", path);
  else history.pushState(null, "", path);
  listeners.forEach((l) => l());
}

/** The path and query of the address. */
export function usePath(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => location.pathname + location.search,
  );
}

export type Route =
  | { page: "mail"; accountId: string; mailboxId: string; threadId: string | null; emailId: string | null }
  | { page: "search"; accountId: string; query: string; threadId: string | null; emailId: string | null }
  | { page: "scheduled"; accountId: string }
  | { page: "settings"; section: string }
  | { page: "admin"; section: string }
  | { page: "home" };

/** Reads an address. */
export function parseRoute(path: string): Route {
  const url = new URL(path, "http://x");
  const [page, a, b, c, d] = url.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  if (page === "mail" && a && b) return { page, accountId: a, mailboxId: b, threadId: c ?? null, emailId: d ?? null };
  if (page === "search" && a) return { page, accountId: a, query: url.searchParams.get("q") ?? "", threadId: b ?? null, emailId: c ?? null };
  if (page === "scheduled" && a) return { page, accountId: a };
  if (page === "settings") return { page, section: a ?? "password" };
  if (page === "admin") return { page, section: a ?? "accounts" };
  return { page: "home" };
}

/** A folder, a conversation in it, or one message where conversations are not wanted. */
export function mailPath(accountId: string, mailboxId: string, ...opened: (string | null)[]): string {
  return `/mail/${[accountId, mailboxId, ...opened].flatMap((part) => (part ? [encodeURIComponent(part)] : [])).join("/")}`;
}

export function searchPath(accountId: string, query: string, ...opened: (string | null)[]): string {
  return `/search/${[accountId, ...opened].flatMap((part) => (part ? [encodeURIComponent(part)] : [])).join("/")}?q=${encodeURIComponent(query)}`;
}
