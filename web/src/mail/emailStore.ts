import type { EmailRow, Id } from "../jmap/types";

/** What is known of messages, of all accounts: lists and the reader show the same objects, so that a change is seen everywhere at once. */
export class EmailStore {
  private readonly rows = new Map<string, EmailRow>();
  private readonly threads = new Map<string, Id[]>();
  private readonly listeners = new Set<() => void>();
  version = 0;

  get(accountId: Id, id: Id): EmailRow | undefined {
    return this.rows.get(`${accountId}/${id}`);
  }

  thread(accountId: Id, threadId: Id): Id[] | undefined {
    return this.threads.get(`${accountId}/${threadId}`);
  }

  put(accountId: Id, rows: readonly EmailRow[]): void {
    for (const row of rows) this.rows.set(`${accountId}/${row.id}`, row);
    if (rows.length > 0) this.changed();
  }

  putThreads(accountId: Id, threads: readonly { id: Id; emailIds: Id[] }[]): void {
    for (const thread of threads) this.threads.set(`${accountId}/${thread.id}`, thread.emailIds);
    if (threads.length > 0) this.changed();
  }

  /** Changes what is known of messages; what is not known stays so. */
  patchAll(accountId: Id, ids: readonly Id[], change: (row: EmailRow) => Partial<EmailRow>): void {
    for (const id of ids) {
      const row = this.get(accountId, id);
      if (row) this.rows.set(`${accountId}/${id}`, { ...row, ...change(row) });
    }
    if (ids.length > 0) this.changed();
  }

  remove(accountId: Id, ids: readonly Id[]): void {
    for (const id of ids) this.rows.delete(`${accountId}/${id}`);
    if (ids.length > 0) this.changed();
  }

  has(accountId: Id, id: Id): boolean {
    return this.rows.has(`${accountId}/${id}`);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private changed(): void {
    this.version++;
    for (const listener of this.listeners) listener();
  }
}
