import type { OwnKey, Person } from "./cms";

/** An own certificate as this browser keeps it: the key that signs cannot be taken out of it, the parts of the one that decrypts are under a key that cannot either. */
interface Kept {
  email: string;
  certificate: ArrayBuffer;
  chain: ArrayBuffer[];
  sign: CryptoKey;
  lock: CryptoKey;
  iv: Uint8Array<ArrayBuffer>;
  locked: ArrayBuffer;
}

export interface Other {
  email: string;
  name: string;
  certificate: ArrayBuffer;
  until: Date;
}

function open(login: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(`congvu-smime-${login}`, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("own", { keyPath: "email" });
      request.result.createObjectStore("others", { keyPath: "email" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("unreadable"));
  });
}

async function run<T>(login: string, store: "own" | "others", mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open(login);
  try {
    return await new Promise<T>((resolve, reject) => {
      const request = act(database.transaction(store, mode).objectStore(store));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error("unreadable"));
    });
  } finally {
    database.close();
  }
}

/** Keeps an own certificate for each of its addresses. Nothing of it leaves this browser. */
export async function keepOwn(login: string, key: OwnKey, person: Person): Promise<void> {
  const lock = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const locked = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, lock, new TextEncoder().encode(JSON.stringify(key.decrypt)));
  for (const email of person.emails) await run(login, "own", "readwrite", (store) => store.put({ email, certificate: key.certificate, chain: key.chain, sign: key.sign, lock, iv, locked } satisfies Kept));
}

export async function ownKeys(login: string): Promise<(OwnKey & { email: string })[]> {
  const kept = await run<Kept[]>(login, "own", "readonly", (store) => store.getAll() as IDBRequest<Kept[]>);
  return Promise.all(
    kept.map(async ({ email, certificate, chain, sign, lock, iv, locked }) => ({
      email,
      certificate,
      chain,
      sign,
      decrypt: JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, lock, locked))) as JsonWebKey,
    })),
  );
}

/** Addresses that have a certificate here. */
export const ownAddresses = (login: string): Promise<string[]> => run<IDBValidKey[]>(login, "own", "readonly", (store) => store.getAllKeys()).then((keys) => keys.map(String));

export const forgetOwn = (login: string, email: string): Promise<undefined> => run(login, "own", "readwrite", (store) => store.delete(email));

/** Keeps the certificate of somebody whose signature was right: mail to them can be encrypted. */
export async function keepOther(login: string, person: Person): Promise<void> {
  for (const email of person.emails) await run(login, "others", "readwrite", (store) => store.put({ email, name: person.name, certificate: person.der, until: person.until } satisfies Other));
}

export const others = (login: string): Promise<Other[]> => run<Other[]>(login, "others", "readonly", (store) => store.getAll() as IDBRequest<Other[]>);
