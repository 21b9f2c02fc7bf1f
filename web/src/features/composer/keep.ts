import type { Draft } from "./draft";

// What is being written is kept in this browser too, so that a lost network or a closed tab loses nothing. A public computer keeps nothing (A12.3).
const name = "congvu-drafts";
const store = "drafts";

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(store, { keyPath: ["login", "key"] });
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

export async function keep(login: string, draft: Draft): Promise<void> {
  // What is on its way has no place here; it is uploaded again.
  const attachments = draft.attachments.filter((a) => a.blobId);
  await run("readwrite", (objects) => objects.put({ login, ...draft, attachments })).catch(() => undefined);
}

export async function forget(login: string, key: string): Promise<void> {
  await run("readwrite", (objects) => objects.delete([login, key])).catch(() => undefined);
}

/** What was being written when the tab closed or the network went, the latest first. */
export async function kept(login: string): Promise<Draft[]> {
  const all = await run("readonly", (objects) => objects.getAll() as IDBRequest<(Draft & { login: string })[]>).catch(() => []);
  return all.filter((d) => d.login === login).sort((a, b) => b.changedAt - a.changedAt);
}

export async function forgetAll(): Promise<void> {
  await run("readwrite", (objects) => objects.clear()).catch(() => undefined);
}

/** While a composer has a draft open, no other tab offers to go on with it. Returns how to let go. */
export function holdDraft(key: string): () => void {
  let release = () => undefined as void;
  void navigator.locks?.request(lockName(key), () => new Promise<void>((resolve) => (release = resolve)));
  return () => release();
}

/** What was left behind: kept here and open nowhere. */
export async function leftBehind(login: string): Promise<Draft[]> {
  const all = await kept(login);
  const held = new Set((await navigator.locks?.query())?.held?.map((lock) => lock.name));
  return all.filter((draft) => !held.has(lockName(draft.key)));
}

function lockName(key: string): string {
  return `congvu-draft-${key}`;
}
