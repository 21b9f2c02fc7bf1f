import { inject } from "vitest";

export const world = inject("world");

/** Somebody with a mailbox. */
export interface Person {
  address: string;
  name: string;
  password: string;
}

export const sample = (local: string, name: string): Person => ({ address: `${local}@daknong.gov.vn`, name, password: world.samplePassword });

/** Custodian of the department's mailbox. */
export const officer = sample("hoant.stttt", "Nguyễn Thị Hoa");
export const clerk = sample("haptt.dakmil", "Phạm Thị Thu Hà");
export const department = { address: "stttt@daknong.gov.vn", name: "Sở Thông tin và Truyền thông tỉnh Đắk Nông" };

/** A session of the interfaces, as a browser has it. */
export class ApiSession {
  private constructor(
    private readonly cookie: string,
    private readonly proof: string,
  ) {}

  static async begin(address: string, password: string): Promise<ApiSession> {
    const response = await fetch(`${world.web}/api/session`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ login: address, password, publicComputer: false }) });
    if (!response.ok) throw new Error(`${address} cannot sign in: ${response.status} ${await response.text()}`);
    const cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    return new ApiSession(cookie, ((await response.json()) as { csrfToken: string }).csrfToken);
  }

  async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(world.web + path, { method, headers: { Cookie: this.cookie, "X-CSRF-Token": this.proof, "Content-Type": "application/json" }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text ? JSON.parse(text) : null) as T;
  }
}

let administration: Promise<ApiSession> | null = null;
let number = 0;

/** As the administrator would: an account with the password that the holder does not know yet. */
export async function newAccount(name: string): Promise<Person> {
  administration ??= ApiSession.begin(world.administrator.address, world.administrator.password);
  const address = `nguoi${process.pid % 1000}.${++number}@daknong.gov.vn`;
  const made = await (await administration).send<{ password: string }>("POST", "/api/admin/accounts", { address, name });
  return { address, name, password: made.password };
}

/** Somebody new who has changed the first password, with settings of their own. */
export async function newPerson(name: string, preferences: Record<string, unknown> = {}): Promise<Person> {
  const person = await newAccount(name);
  const session = await ApiSession.begin(person.address, person.password);
  const password = `Vuon-Dieu+7${number}`;
  await session.send("POST", "/api/account/password", { current: person.password, new: password });
  if (Object.keys(preferences).length > 0) await (await ApiSession.begin(person.address, password)).send("PATCH", "/api/preferences", preferences);
  return { ...person, password };
}
