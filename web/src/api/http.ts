/** The server refused, or was not reached (status 0). */
export class RequestError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly details: unknown = null,
  ) {
    super(code);
  }

  get isOffline(): boolean {
    return this.status === 0;
  }
}

let proof = "";
let holder = "";
let onSignedOut: (code: string) => void = () => undefined;

/** The session's proof, which every changing request carries: other sites cannot read it. */
export function setProof(token: string, login = holder): void {
  proof = token;
  holder = login;
}

export function getProof(): string {
  return proof;
}

/** Called when the server no longer knows the session, or asks for a new password first. */
export function whenSignedOut(callback: (code: string) => void): void {
  onSignedOut = callback;
}

/** Sends a request of the interface and reads its JSON. */
export async function request<T>(method: string, url: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let response: globalThis.Response;
  try {
    response = await fetch(url, {
      method,
      credentials: "same-origin",
      // What is small is still sent when the page closes.
      keepalive: (method === "PUT" || method === "PATCH") && JSON.stringify(body ?? null).length < 60_000,
      headers: { Accept: "application/json", "X-CSRF-Token": proof, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      body: body === undefined ? null : JSON.stringify(body),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new RequestError(0, "offline");
  }
  const text = await response.text();
  const json = parse(text);
  if (response.ok) return json as T;
  if (response.status === 403 && (json as { error?: string } | null)?.error === "csrf" && (await renewProof())) return request<T>(method, url, body, signal);
  const code = (json as { error?: string; limit?: string } | null)?.error ?? (json as { limit?: string } | null)?.limit ?? `http${response.status}`;
  if ((response.status === 401 && !url.startsWith("/api/session")) || code === "passwordChangeRequired") onSignedOut(code);
  throw new RequestError(response.status, code, json);
}

// Somebody has signed in again in another tab: the cookie is of the new session, and so must the proof be. What is shown stays only where it is the same person.
async function renewProof(): Promise<boolean> {
  const response = await fetch("/api/session", { credentials: "same-origin", headers: { Accept: "application/json" } }).catch(() => null);
  if (!response?.ok) return false;
  const session = (await response.json()) as { login: string; csrfToken: string };
  if (session.csrfToken === proof) return false;
  if (holder !== "" && session.login !== holder) location.reload();
  proof = session.csrfToken;
  return session.login === holder;
}

function parse(text: string): unknown {
  if (text.length === 0) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
