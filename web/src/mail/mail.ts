import type { QueryClient } from "@tanstack/react-query";
import { Batch, type JmapClient } from "../jmap/client";
import type { ChangesResult, EmailRow, GetResult, Id, Mailbox, MailboxRole, SetResult, StateChange, Thread } from "../jmap/types";
import { EmailStore } from "./emailStore";
import { MailList, rowProperties, viewKey, type View } from "./mailList";

const maxLists = 12;

/** A change that one can take back. */
export interface Undoable {
  undo: () => Promise<void>;
}

/** The mail of who is signed in: what is known of it, how it changes, and how it is kept up to date. */
export class Mail {
  readonly store = new EmailStore();
  private readonly lists = new Map<string, MailList>();
  private readonly states = new Map<Id, string>();
  private readonly arrivals = new Set<(accountId: Id, rows: EmailRow[]) => void>();
  private source: EventSource | null = null;

  constructor(
    readonly client: JmapClient,
    private readonly queries: QueryClient,
  ) {}

  /** The list of a view; the last ones stay as they were, so that going back is immediate. */
  list(view: View): MailList {
    const key = viewKey(view);
    const known = this.lists.get(key);
    if (known) {
      this.lists.delete(key);
      this.lists.set(key, known);
      return known;
    }
    const list = new MailList(this.client, this.store, view);
    this.lists.set(key, list);
    if (this.lists.size > maxLists) this.lists.delete(this.lists.keys().next().value ?? "");
    return list;
  }

  mailboxes(accountId: Id): Mailbox[] {
    return this.queries.getQueryData<Mailbox[]>(["mailboxes", accountId]) ?? [];
  }

  mailbox(accountId: Id, role: MailboxRole): Mailbox | undefined {
    return this.mailboxes(accountId).find((m) => m.role === role);
  }

  /** Called with messages that have come in. */
  whenMailArrives(callback: (accountId: Id, rows: EmailRow[]) => void): () => void {
    this.arrivals.add(callback);
    return () => this.arrivals.delete(callback);
  }

  /** Listens to the server (RFC 8620 §7.3). The browser connects again by itself; what was missed is asked for then. */
  listen(onConnection: (isOpen: boolean) => void): () => void {
    const source = new EventSource(this.client.eventSourceUrl());
    this.source = source;
    source.addEventListener("open", () => {
      onConnection(true);
      for (const accountId of Object.keys(this.client.session.accounts)) void this.update(accountId, ["Email", "Mailbox", "Thread"]);
    });
    source.addEventListener("error", () => onConnection(false));
    source.addEventListener("state", (event) => {
      const change = JSON.parse((event as MessageEvent<string>).data) as StateChange;
      for (const [accountId, types] of Object.entries(change.changed)) void this.update(accountId, Object.keys(types));
    });
    const back = () => void fetch("/healthz").then((r) => r.ok && onConnection(true), () => undefined);
    window.addEventListener("online", back);
    return () => {
      window.removeEventListener("online", back);
      source.close();
    };
  }

  close(): void {
    this.source?.close();
  }

  /** Brings an account up to date. */
  async update(accountId: Id, types: readonly string[]): Promise<void> {
    if (types.includes("Mailbox") || types.includes("Email")) void this.queries.invalidateQueries({ queryKey: ["mailboxes", accountId] });
    if (types.includes("Email")) void this.queries.invalidateQueries({ queryKey: ["quota", accountId] });
    if (types.includes("Identity")) void this.queries.invalidateQueries({ queryKey: ["identities", accountId] });
    if (types.includes("EmailSubmission")) void this.queries.invalidateQueries({ queryKey: ["submissions", accountId] });
    if (!types.includes("Email") && !types.includes("Thread")) return;
    try {
      await this.updateEmails(accountId);
    } catch {
      // The lists find out by themselves.
      this.states.delete(accountId);
    }
    await Promise.all([...this.lists.values()].filter((l) => l.view.accountId === accountId && l.state !== "loading").map((l) => (l.state === "ready" ? l.refresh() : l.want(0, 0))));
  }

  private async updateEmails(accountId: Id): Promise<void> {
    const since = this.states.get(accountId);
    if (since === undefined) {
      const answer = await this.client.call<GetResult<EmailRow>>("Email/get", { accountId, ids: [] });
      this.states.set(accountId, answer.state);
      return;
    }
    const changes = await this.client.call<ChangesResult>("Email/changes", { accountId, sinceState: since, maxChanges: 400 });
    const wanted = [...changes.created, ...changes.updated.filter((id) => this.store.has(accountId, id))];
    if (wanted.length > 0) {
      const rows = (await this.client.call<GetResult<EmailRow>>("Email/get", { accountId, ids: wanted, properties: rowProperties })).list;
      this.store.put(accountId, rows);
      await this.updateThreads(accountId, rows);
      const created = new Set(changes.created);
      const inbox = this.mailbox(accountId, "inbox")?.id ?? "";
      const fresh = rows.filter((r) => created.has(r.id) && r.mailboxIds[inbox] && !r.keywords["$seen"]);
      if (fresh.length > 0) for (const callback of this.arrivals) callback(accountId, fresh);
    }
    this.store.remove(accountId, changes.destroyed);
    this.states.set(accountId, changes.newState);
    if (changes.hasMoreChanges) await this.updateEmails(accountId);
  }

  private async updateThreads(accountId: Id, rows: EmailRow[]): Promise<void> {
    const ids = [...new Set(rows.map((r) => r.threadId))];
    const threads = (await this.client.call<GetResult<Thread>>("Thread/get", { accountId, ids })).list;
    this.store.putThreads(accountId, threads);
    for (const thread of threads) void this.queries.invalidateQueries({ queryKey: ["thread", accountId, thread.id] });
  }

  /** Sets or clears a keyword, seen at once and taken back when the server refuses. */
  async setKeyword(accountId: Id, ids: readonly Id[], keyword: string, isSet: boolean): Promise<Undoable> {
    await this.know(accountId, ids);
    const before = new Map<Id, boolean>();
    for (const id of ids) {
      const row = this.store.get(accountId, id);
      if (!row || !!row.keywords[keyword] === isSet) continue;
      before.set(id, !isSet);
    }
    const changed = [...before.keys()];
    this.store.patchAll(accountId, changed, (row) => ({ keywords: withKey(row.keywords, keyword, isSet) }));
    try {
      await this.patchAll(accountId, changed, () => ({ [`keywords/${keyword}`]: isSet ? true : null }));
    } catch (error) {
      this.store.patchAll(accountId, changed, (row) => ({ keywords: withKey(row.keywords, keyword, !isSet) }));
      throw error;
    }
    return { undo: async () => void (await this.setKeyword(accountId, changed, keyword, !isSet)) };
  }

  /** Moves messages to a mailbox: out of every other one. */
  async move(accountId: Id, ids: readonly Id[], to: Id, keywords: Record<string, true | null> = {}): Promise<Undoable> {
    // Where each one was must be known, or it could not be taken back.
    await this.know(accountId, ids);
    const before = new Map(ids.map((id) => [id, this.store.get(accountId, id)] as const));
    this.hide(accountId, ids);
    this.store.patchAll(accountId, ids, () => ({ mailboxIds: { [to]: true } }));
    const more = Object.fromEntries(Object.entries(keywords).map(([k, v]) => [`keywords/${k}`, v]));
    try {
      await this.patchAll(accountId, ids, () => ({ mailboxIds: { [to]: true }, ...more }));
    } catch (error) {
      this.store.patchAll(accountId, ids, (row) => ({ mailboxIds: before.get(row.id)?.mailboxIds ?? row.mailboxIds }));
      await this.refreshLists(accountId);
      throw error;
    }
    await this.refreshLists(accountId);
    return {
      undo: async () => {
        await this.patchAll(accountId, ids, (id) => ({ mailboxIds: before.get(id)?.mailboxIds ?? { [to]: true }, ...Object.fromEntries(Object.entries(keywords).map(([k, v]) => [`keywords/${k}`, v ? null : true])) }));
        this.store.patchAll(accountId, ids, (row) => ({ mailboxIds: before.get(row.id)?.mailboxIds ?? row.mailboxIds }));
        await this.refreshLists(accountId);
      },
    };
  }

  /** Removes messages for good. */
  async destroy(accountId: Id, ids: readonly Id[]): Promise<void> {
    this.hide(accountId, ids);
    for (let n = 0; n < ids.length; n += this.client.maxObjectsInSet)
      await this.client.call<SetResult>("Email/set", { accountId, destroy: ids.slice(n, n + this.client.maxObjectsInSet) });
    this.store.remove(accountId, ids);
    await this.refreshLists(accountId);
  }

  private async know(accountId: Id, ids: readonly Id[]): Promise<void> {
    const unknown = ids.filter((id) => !this.store.has(accountId, id));
    const size = this.client.maxObjectsInSet;
    for (let n = 0; n < unknown.length; n += size)
      this.store.put(accountId, (await this.client.call<GetResult<EmailRow>>("Email/get", { accountId, ids: unknown.slice(n, n + size), properties: rowProperties })).list);
  }

  private hide(accountId: Id, ids: readonly Id[]): void {
    const gone = new Set(ids);
    for (const list of this.lists.values()) if (list.view.accountId === accountId) list.hide(gone);
  }

  private async refreshLists(accountId: Id): Promise<void> {
    void this.queries.invalidateQueries({ queryKey: ["mailboxes", accountId] });
    await Promise.all([...this.lists.values()].filter((l) => l.view.accountId === accountId && l.state === "ready").map((l) => l.refresh()));
  }

  private async patchAll(accountId: Id, ids: readonly Id[], patch: (id: Id) => Record<string, unknown>): Promise<void> {
    const size = this.client.maxObjectsInSet;
    for (let n = 0; n < ids.length; n += size) {
      const update = Object.fromEntries(ids.slice(n, n + size).map((id) => [id, patch(id)]));
      const batch = new Batch();
      const set = batch.add("Email/set", { accountId, update });
      const answer = (await this.client.send(batch)).of<SetResult>(set);
      const refused = Object.values(answer.notUpdated ?? {}).filter((e) => e.type !== "notFound");
      if (refused.length > 0) throw new Error(refused[0]?.description ?? refused[0]?.type);
    }
  }
}

function withKey(keywords: Record<string, true>, keyword: string, isSet: boolean): Record<string, true> {
  const result = { ...keywords };
  if (isSet) result[keyword] = true;
  else delete result[keyword];
  return result;
}
