import type { EmailAddress, Id } from "../../jmap/types";

/** A message as it was read, to be read again without a network. */
export interface KeptMessage {
  login: string;
  accountId: Id;
  id: Id;
  threadId: Id;
  subject: string | null;
  from: EmailAddress[] | null;
  to: EmailAddress[] | null;
  cc: EmailAddress[] | null;
  date: string;
  /** Already made safe. */
  html: string;
  attachments: string[];
  savedAt: number;
}

const name = "congvu-offline";
const store = "messages";
const marker = "congvu-offline-login";
const maxMessages = 500;
const maxHtml = 2_000_000;

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(store, { keyPath: ["accountId", "id"] }).createIndex("savedAt", "savedAt");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("indexedDB"));
  });
}

async function run<T>(mode: IDBTransactionMode, act: (objects: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const request = act(database.transaction(store, mode).objectStore(store));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error("indexedDB"));
    });
  } finally {
    database.close();
  }
}

/** Whose messages are kept in this browser; null for nobody's. */
export function keptLogin(): string | null {
  return localStorage.getItem(marker);
}

/** Keeps a message that was opened; the oldest ones make room. */
export async function keepMessage(message: KeptMessage): Promise<void> {
  if (keptLogin() !== message.login || message.html.length > maxHtml) return;
  try {
    await run("readwrite", (objects) => objects.put(message));
    const count = await run("readonly", (objects) => objects.count());
    if (count <= maxMessages) return;
    const old = await run("readonly", (objects) => objects.index("savedAt").getAllKeys(null, count - maxMessages));
    for (const key of old) await run("readwrite", (objects) => objects.delete(key));
  } catch {
    // A browser without room reads online only.
  }
}

/** What was read, the latest first. */
export async function keptMessages(): Promise<KeptMessage[]> {
  const login = keptLogin();
  if (!login) return [];
  const all = await run("readonly", (objects) => objects.getAll() as IDBRequest<KeptMessage[]>).catch(() => []);
  return all.filter((m) => m.login === login).sort((a, b) => b.date.localeCompare(a.date));
}

/** Begins to keep for somebody; what was somebody else's goes. */
export async function beginKeeping(login: string): Promise<void> {
  if (keptLogin() !== login) await wipe();
  localStorage.setItem(marker, login);
  if (!window.isSecureContext || !("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("/sw.js");
    const { active } = await navigator.serviceWorker.ready;
    await import("./OfflinePage");
    active?.postMessage({ keep: performance.getEntriesByType("resource").map((entry) => entry.name) });
  } catch {
    // Then there is no reading without a network.
  }
}

/** Takes everything away that this browser keeps of mail (A12.3). */
export async function wipe(): Promise<void> {
  localStorage.removeItem(marker);
  await new Promise<void>((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = request.onerror = request.onblocked = () => resolve();
  });
  if (!("serviceWorker" in navigator)) return;
  for (const registration of await navigator.serviceWorker.getRegistrations().catch(() => [])) await registration.unregister();
  if ("caches" in window) for (const key of await caches.keys()) await caches.delete(key);
}
