import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Locator, type Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { world, type Person } from "./people";

// Long enough for a machine that has much else to do; a flow that works takes a second or two.
const wait = 60_000;
const failures = join(import.meta.dirname, "../../artifacts/browser");
let shared: Promise<Browser> | null = null;

export const phone = { width: 390, height: 844 };
export const desktop = { width: 1366, height: 768 };

/** A browser of its own: cookies, storage, cache. It speaks Vietnamese. */
export async function newContext(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  shared ??= chromium.connect(world.browser);
  const context = await (await shared).newContext({ baseURL: world.web, locale: "vi-VN", timezoneId: "Asia/Ho_Chi_Minh", viewport: desktop, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(wait);
  return context;
}

/** A page in a browser of its own. What its scripts throw, and what its policy refuses, fails the test. */
export async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await newContext(options);
  const errors: string[] = [];
  context.on("weberror", (error) => errors.push(String(error.error().stack ?? error.error())));
  context.on("console", (message) => message.type() === "error" && /Content.Security.Policy|Trusted|Uncaught|React/i.test(message.text()) && errors.push(message.text()));
  onTestFinished(async ({ task }) => {
    if (task.result?.state === "fail") {
      mkdirSync(failures, { recursive: true });
      const name = task.name.normalize("NFD").replace(/\p{M}/gu, "").replace(/\W+/g, "-");
      for (const [n, page] of context.pages().entries()) await page.screenshot({ path: join(failures, `${name}-${n}.png`) }).catch(() => undefined);
    }
    await context.close();
    expect(errors).toEqual([]);
  });
  return await context.newPage();
}

/** Signs in without the form, which has a test of its own, and opens a page. */
export async function openAs(who: Person, path = "/", options: BrowserContextOptions = {}): Promise<Page> {
  const page = await newPage(options);
  await signInContext(page.context(), who);
  await page.goto(path);
  await page.getByRole("banner").waitFor();
  return page;
}

export async function signInContext(context: BrowserContext, who: Person): Promise<void> {
  const response = await context.request.post("/api/session", { data: { login: who.address, password: who.password, publicComputer: false } });
  expect(response.status()).toBe(200);
}

export const seen = (locator: Locator) => locator.waitFor({ state: "visible" });
export const gone = (locator: Locator) => locator.waitFor({ state: "hidden" });

/** The rows of the list, the newest first. */
export const rows = (page: Page) => page.getByRole("list", { name: "Thư", exact: true }).getByRole("listitem");
export const row = (page: Page, text: string | RegExp) => rows(page).filter({ hasText: text });
export const folder = (page: Page, name: string) => page.getByRole("navigation", { name: "Thư mục" }).getByRole("link", { name });
export const button = (page: Page | Locator, name: string | RegExp) => page.getByRole("button", { name, ...(typeof name === "string" ? { exact: true } : {}) });
export const composer = (page: Page) => page.getByRole("dialog", { name: "Soạn thư" });
export const messageText = (page: Page) => page.frameLocator("iframe.message-frame").last().locator("body");

/** Opens a conversation of the list. */
export async function read(page: Page, subject: string | RegExp): Promise<void> {
  await row(page, subject).locator(".row-main").click();
  await seen(page.getByRole("region", { name: "Nội dung thư" }).getByRole("heading", { name: subject }));
}

/** Fills in a new message. */
export async function write(page: Page, letter: { to?: string; subject?: string; text?: string }): Promise<Locator> {
  const form = composer(page);
  await seen(form.getByRole("textbox", { name: "Nội dung thư" }));
  if (letter.to) {
    await form.getByRole("textbox", { name: "Đến" }).fill(`${letter.to},`);
    await seen(form.getByRole("button", { name: /^Bỏ / }).first());
  }
  if (letter.subject) await form.getByRole("textbox", { name: "Tiêu đề" }).fill(letter.subject);
  if (letter.text) {
    await form.getByRole("textbox", { name: "Nội dung thư" }).click();
    await page.keyboard.press("Control+Home");
    await page.keyboard.insertText(letter.text);
  }
  return form;
}

/** How many rows the list has, by what it says itself. */
export async function listHas(page: Page, number: number): Promise<void> {
  await expect.poll(() => rows(page).count()).toBe(number);
}
