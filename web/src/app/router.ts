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
  | { page: "mail"; accountId: string; mailboxId: string; threadId: string | null }
  | { page: "search"; accountId: string; query: string; threadId: string | null }
  | { page: "settings"; section: string }
  | { page: "admin"; section: string }
  | { page: "home" };

/** Reads an address. */
export function parseRoute(path: string): Route {
  const url = new URL(path, "http://x");
  const [page, a, b, c] = url.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  if (page === "mail" && a && b) return { page, accountId: a, mailboxId: b, threadId: c ?? null };
  if (page === "search" && a) return { page, accountId: a, query: url.searchParams.get("q") ?? "", threadId: b ?? null };
  if (page === "settings") return { page, section: a ?? "password" };
  if (page === "admin") return { page, section: a ?? "accounts" };
  return { page: "home" };
}

export function mailPath(accountId: string, mailboxId: string, threadId: string | null = null): string {
  return `/mail/${encodeURIComponent(accountId)}/${encodeURIComponent(mailboxId)}${threadId ? `/${encodeURIComponent(threadId)}` : ""}`;
}

export function searchPath(accountId: string, query: string, threadId: string | null = null): string {
  return `/search/${encodeURIComponent(accountId)}${threadId ? `/${encodeURIComponent(threadId)}` : ""}?q=${encodeURIComponent(query)}`;
}
