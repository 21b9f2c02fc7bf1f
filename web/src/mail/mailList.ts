import { Batch, from, type JmapClient } from "../jmap/client";
import type { Comparator, EmailRow, Filter, GetResult, Id, QueryChangesResult, QueryResult, Thread } from "../jmap/types";
import type { EmailStore } from "./emailStore";

/** What Email/get is asked for a list. */
export const rowProperties = ["id", "blobId", "threadId", "mailboxIds", "keywords", "size", "receivedAt", "from", "to", "subject", "hasAttachment", "preview"];

const windowSize = 60;

export interface View {
  accountId: Id;
  filter: Filter;
  sort: Comparator[];
  collapseThreads: boolean;
}

export function viewKey(view: View): string {
  return JSON.stringify(view);
}

/**
 * Applies an answer of /queryChanges to the ids that are known of a list, some of which are not (RFC 8620 §5.6): what is removed goes, closing up; what is added is put where the
 * server says, the lowest index first. Returns null when an id that went is not known here, so that places cannot be told any more.
 */
export function applyQueryChanges(known: readonly (Id | undefined)[], changes: Pick<QueryChangesResult, "removed" | "added" | "total">): (Id | undefined)[] | null {
  const removed = new Set(changes.removed);
  const isComplete = !known.includes(undefined);
  const places = new Set(known);
  // Removing an id that is neither known nor added again would shift what follows by we do not know where. One that is added may have been anywhere as well.
  if (!isComplete && changes.removed.some((id) => !places.has(id))) return null;
  const ids = known.filter((id) => id === undefined || !removed.has(id));
  for (const { id, index } of [...changes.added].sort((a, b) => a.index - b.index)) {
    if (index > ids.length) return null;
    ids.splice(index, 0, id);
  }
  if (changes.total !== undefined && changes.total !== ids.length) return null;
  return ids;
}

/** A list of messages, of which the windows that were looked at are known. */
export class MailList {
  ids: (Id | undefined)[] = [];
  state: "loading" | "ready" | "failed" = "loading";
  version = 0;
  private queryState: string | null = null;
  private generation = 0;
  private readonly asked = new Set<number>();
  private readonly listeners = new Set<() => void>();
  private refreshing: Promise<void> | null = null;
  private again = false;
  // Taken out here, not yet known to be gone there.
  private readonly hidden = new Set<Id>();

  constructor(
    private readonly client: JmapClient,
    private readonly store: EmailStore,
    readonly view: View,
  ) {}

  get total(): number {
    return this.ids.length;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Makes rows `first` to `last` known. */
  want(first: number, last: number): void {
    for (let window = Math.floor(first / windowSize); window <= Math.floor(last / windowSize); window++) {
      const begin = window * windowSize;
      const end = Math.min(this.ids.length, begin + windowSize);
      if (this.state !== "ready" || (begin < end && this.ids.slice(begin, end).includes(undefined))) void this.load(window);
    }
  }

  /** Makes rows `first` to `last` known and returns their ids. */
  async idsBetween(first: number, last: number): Promise<Id[]> {
    const windows: Promise<void>[] = [];
    for (let window = Math.floor(first / windowSize); window <= Math.floor(last / windowSize); window++)
      if (this.ids.slice(window * windowSize, Math.min(last + 1, (window + 1) * windowSize)).includes(undefined)) windows.push(this.load(window));
    await Promise.all(windows);
    return this.ids.slice(first, last + 1).filter((id): id is Id => id !== undefined);
  }

  /** Every message of the view, conversations taken apart. */
  async everything(): Promise<Id[]> {
    const { accountId, filter, sort } = this.view;
    const ids: Id[] = [];
    for (;;) {
      const found = await this.client.call<QueryResult>("Email/query", { accountId, filter, sort, collapseThreads: false, position: ids.length, limit: 5000 });
      ids.push(...found.ids);
      if (found.ids.length === 0 || found.ids.length < (found.limit ?? 5000)) return ids;
    }
  }

  /** Takes rows out before the server has said so. */
  hide(gone: ReadonlySet<Id>): void {
    const kept = this.ids.filter((id) => id === undefined || !gone.has(id));
    if (kept.length === this.ids.length) return;
    for (const id of this.ids) if (id !== undefined && gone.has(id)) this.hidden.add(id);
    this.ids = kept;
    this.changed();
  }

  /** Brings the list up to the server's state: by what changed, or anew where that cannot be told. */
  refresh(): Promise<void> {
    if (this.refreshing) {
      this.again = true;
      return this.refreshing;
    }
    this.refreshing = this.refreshNow().finally(() => {
      this.refreshing = null;
      if (this.again) {
        this.again = false;
        void this.refresh();
      }
    });
    return this.refreshing;
  }

  private async refreshNow(): Promise<void> {
    const { accountId, filter, sort, collapseThreads } = this.view;
    if (this.queryState === null) return this.reload();
    try {
      const before = this.ids;
      const answer = await this.client.call<QueryChangesResult>("Email/queryChanges", { accountId, filter, sort, collapseThreads, sinceQueryState: this.queryState, calculateTotal: true });
      if (answer.newQueryState === this.queryState && before === this.ids) return;
      const ids = applyQueryChanges(this.ids, { ...answer, removed: answer.removed.filter((id) => !this.hidden.has(id)) });
      this.hidden.clear();
      if (ids === null) return await this.reload();
      await this.fetch(answer.added.map((a) => a.id).filter((id) => !this.store.has(accountId, id)));
      this.queryState = answer.newQueryState;
      this.ids = ids;
      this.changed();
    } catch {
      await this.reload();
    }
  }

  private async reload(): Promise<void> {
    this.generation++;
    this.asked.clear();
    await this.load(0, true);
  }

  private async load(window: number, anew = false): Promise<void> {
    if (this.asked.has(window)) return;
    this.asked.add(window);
    const generation = this.generation;
    const { accountId, filter, sort, collapseThreads } = this.view;
    try {
      const batch = new Batch();
      const query = batch.add("Email/query", { accountId, filter, sort, collapseThreads, position: window * windowSize, limit: windowSize, calculateTotal: true });
      const get = batch.add("Email/get", { accountId, "#ids": from(query, "/ids"), properties: rowProperties });
      // A conversation's row shows who takes part: all its messages are needed.
      const threads = collapseThreads ? batch.add("Thread/get", { accountId, "#ids": from(get, "/list/*/threadId") }) : null;
      const others = threads ? batch.add("Email/get", { accountId, "#ids": from(threads, "/list/*/emailIds"), properties: rowProperties }) : null;
      const answers = await this.client.send(batch);
      if (generation !== this.generation) return;
      const found = answers.of<QueryResult>(query);
      this.store.put(accountId, answers.of<GetResult<EmailRow>>(get).list);
      if (threads && others) this.putConversations(answers.of<GetResult<Thread>>(threads).list, () => answers.of<GetResult<EmailRow>>(others).list);
      const total = found.total ?? found.ids.length;
      // Windows read at different states do not fit together.
      if (anew || this.queryState === null || this.queryState !== found.queryState || this.ids.length !== total) {
        if (this.queryState !== null) {
          this.generation++;
          this.asked.clear();
          this.asked.add(window);
        }
        this.ids = new Array<Id | undefined>(total).fill(undefined);
        this.queryState = found.queryState;
      }
      const ids = [...this.ids];
      found.ids.forEach((id, n) => (ids[found.position + n] = id));
      this.ids = ids;
      this.state = "ready";
    } catch {
      if (generation !== this.generation) return;
      if (this.state === "loading") this.state = "failed";
    } finally {
      this.asked.delete(window);
    }
    this.changed();
  }

  private async fetch(ids: Id[]): Promise<void> {
    if (ids.length === 0) return;
    const { accountId, collapseThreads } = this.view;
    const batch = new Batch();
    const get = batch.add("Email/get", { accountId, ids, properties: rowProperties });
    const threads = collapseThreads ? batch.add("Thread/get", { accountId, "#ids": from(get, "/list/*/threadId") }) : null;
    const others = threads ? batch.add("Email/get", { accountId, "#ids": from(threads, "/list/*/emailIds"), properties: rowProperties }) : null;
    const answers = await this.client.send(batch);
    this.store.put(accountId, answers.of<GetResult<EmailRow>>(get).list);
    if (threads && others) this.putConversations(answers.of<GetResult<Thread>>(threads).list, () => answers.of<GetResult<EmailRow>>(others).list);
  }

  // Many long conversations may pass the server's limit of objects: the rows then show what is known.
  private putConversations(threads: Thread[], emails: () => EmailRow[]): void {
    this.store.putThreads(this.view.accountId, threads);
    try {
      this.store.put(this.view.accountId, emails());
    } catch {
      return;
    }
  }

  private changed(): void {
    this.version++;
    for (const listener of this.listeners) listener();
  }
}
