import { request, RequestError } from "../api/http";
import type { Id, Invocation, Response, ResultReference, Session } from "./types";

const core = "urn:ietf:params:jmap:core";
const using = [
  core,
  "urn:ietf:params:jmap:mail",
  "urn:ietf:params:jmap:submission",
  "urn:ietf:params:jmap:vacationresponse",
  "urn:ietf:params:jmap:quota",
  "urn:ietf:params:jmap:contacts",
];

/** A method answered with an error (RFC 8620 §3.6.2). */
export class MethodError extends Error {
  constructor(
    readonly type: string,
    readonly method: string,
    description?: string,
  ) {
    super(description ?? type);
  }
}

/** A call whose arguments may refer to what an earlier one of the same request answers. */
export interface Call {
  name: string;
  args: Record<string, unknown>;
  id: string;
}

/** Refers to `path` of what `call` will answer. */
export function from(call: Call, path: string): ResultReference {
  return { resultOf: call.id, name: call.name, path };
}

/** The answers of one request, by call. */
export class Answers {
  constructor(private readonly responses: Invocation[]) {}

  /** The answer of a call; throws what the server threw. */
  of<T>(call: Call): T {
    const found = this.responses.find(([name, , id]) => id === call.id && (name === call.name || name === "error"));
    if (!found) throw new MethodError("serverPartialFail", call.name);
    if (found[0] === "error") {
      const error = found[1] as { type: string; description?: string };
      throw new MethodError(error.type, call.name, error.description);
    }
    return found[1] as T;
  }

  /** What a call caused beside its own answer, such as the Email/set of an EmailSubmission/set (RFC 8621 §7.5). */
  implied<T>(call: Call, name: string): T | null {
    return (this.responses.find((r) => r[2] === call.id && r[0] === name)?.[1] as T | undefined) ?? null;
  }
}

/** Several calls that go in one request. */
export class Batch {
  readonly calls: Call[] = [];

  add(name: string, args: Record<string, unknown>): Call {
    const call = { name, args, id: `c${this.calls.length}` };
    this.calls.push(call);
    return call;
  }
}

interface Waiting {
  batch: Batch;
  resolve: (answers: Answers) => void;
  reject: (error: unknown) => void;
}

/**
 * Speaks JMAP (RFC 8620). Batches that are sent in the same turn of the event loop travel in one HTTP request, their call ids kept apart by a prefix, up to the limits that the
 * session object states.
 */
export class JmapClient {
  private waiting: Waiting[] = [];

  constructor(readonly session: Session) {}

  get maxObjectsInSet(): number {
    return this.limit("maxObjectsInSet", 500);
  }

  get primaryAccount(): Id {
    return this.session.primaryAccounts["urn:ietf:params:jmap:mail"] ?? Object.keys(this.session.accounts)[0] ?? "";
  }

  /** One call. */
  async call<T>(name: string, args: Record<string, unknown>): Promise<T> {
    const batch = new Batch();
    const call = batch.add(name, args);
    return (await this.send(batch)).of<T>(call);
  }

  /** The calls of a batch, in order, in one request. */
  send(batch: Batch): Promise<Answers> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ batch, resolve, reject });
      if (this.waiting.length === 1) queueMicrotask(() => this.flush());
    });
  }

  downloadUrl(accountId: Id, blobId: Id, name: string, type: string): string {
    return local(
      this.session.downloadUrl
        .replace("{accountId}", encodeURIComponent(accountId))
        .replace("{blobId}", encodeURIComponent(blobId))
        .replace("{name}", encodeURIComponent(name))
        .replace("{type}", encodeURIComponent(type)),
    );
  }

  uploadUrl(accountId: Id): string {
    return local(this.session.uploadUrl.replace("{accountId}", encodeURIComponent(accountId)));
  }

  eventSourceUrl(): string {
    return local(this.session.eventSourceUrl.replace("{types}", "*").replace("{closeafter}", "no").replace("{ping}", "60"));
  }

  private limit(name: "maxObjectsInSet" | "maxCallsInRequest", otherwise: number): number {
    const capability = this.session.capabilities[core] as Record<string, number> | undefined;
    return capability?.[name] ?? otherwise;
  }

  private flush(): void {
    const max = this.limit("maxCallsInRequest", 16);
    const waiting = this.waiting;
    this.waiting = [];
    let group: Waiting[] = [];
    let calls = 0;
    for (const one of waiting) {
      if (calls + one.batch.calls.length > max && group.length > 0) {
        void this.post(group);
        group = [];
        calls = 0;
      }
      group.push(one);
      calls += one.batch.calls.length;
    }
    if (group.length > 0) void this.post(group);
  }

  private async post(group: Waiting[]): Promise<void> {
    const methodCalls = group.flatMap(({ batch }, n) => batch.calls.map((call): Invocation => [call.name, prefixed(call.args, `${n}.`), `${n}.${call.id}`]));
    try {
      const response = await request<Response>("POST", local(this.session.apiUrl), { using, methodCalls });
      group.forEach(({ resolve }, n) => {
        const prefix = `${n}.`;
        resolve(new Answers(response.methodResponses.filter(([, , id]) => id.startsWith(prefix)).map(([name, args, id]) => [name, args, id.slice(prefix.length)])));
      });
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}

/** Signs nobody in: reads the session object of who is signed in. */
export async function openJmap(): Promise<JmapClient> {
  return new JmapClient(await request<Session>("GET", "/jmap/session"));
}

export { RequestError };

// Result references name call ids, which a prefix keeps apart.
function prefixed(args: Record<string, unknown>, prefix: string): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(args)) {
    const reference = name.startsWith("#") ? (value as ResultReference) : null;
    result[name] = reference ? { ...reference, resultOf: prefix + reference.resultOf } : value;
  }
  return result;
}

// The session object names the server as it was reached; behind a proxy that may differ from what the browser sees, and the policy allows this origin only.
function local(url: string): string {
  return url.replace(/^https?:\/\/[^/]+/, "");
}
