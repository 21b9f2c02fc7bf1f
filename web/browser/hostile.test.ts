import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newPerson, world, type Person } from "./people";
import { deliverRaw } from "./raw";

// Messages that would run something, tell somebody, or leave their place, by the ways that are known from webmail: each comes by SMTP and is opened as its holder would.
const folder = join(import.meta.dirname, "hostile");
const letters = readdirSync(folder).filter((name) => name.endsWith(".eml")).sort();

let holder: Person;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let trap: Server;
let inbox: { path: string; threads: Map<string, { thread: string; attachments: { blobId: string; name: string | null; type: string }[] }>; account: string };
const told: string[] = [];

beforeAll(async () => {
  holder = await newPerson("Nguyễn Văn An");
  // What the server refuses at the door is brought in by its holder, as from an old mailbox: the webmail must stand without the door.
  const refused: string[] = [];
  for (const name of letters) await deliverRaw(holder.address, readFileSync(join(folder, name))).catch(() => refused.push(name));

  // The name in the messages leads to a trap: what does not pass as a request (a connection made ahead) is caught there.
  trap = createServer((socket) => {
    told.push("a connection");
    socket.destroy();
  });
  await new Promise<void>((resolve) => trap.listen(0, "127.0.0.1", resolve));
  const port = (trap.address() as { port: number }).port;
  browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", `--host-resolver-rules=MAP leak.invalid 127.0.0.1:${port}, MAP * ~NOTFOUND, EXCLUDE localhost`],
  });
  context = await browser.newContext({ baseURL: world.web, locale: "vi-VN", reducedMotion: "reduce", viewport: { width: 1366, height: 768 } });
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:"].includes(url.protocol) && url.origin !== world.web) told.push(request.url());
  });
  context.on("page", (other) => other !== page && told.push(`a window: ${other.url()}`));
  page = await context.newPage();
  page.on("dialog", (dialog) => {
    told.push(`a script: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("download", (download) => told.push(`a download: ${download.url()}`));
  const signedIn = await context.request.post("/api/session", { data: { login: holder.address, password: holder.password, publicComputer: false } });
  expect(signedIn.status()).toBe(200);
  const { csrfToken } = (await signedIn.json()) as { csrfToken: string };
  inbox = await readInbox(csrfToken);
  for (const name of refused) await bringIn(name, csrfToken);
  inbox = await readInbox(csrfToken);
  expect(inbox.threads.size).toBe(letters.length);
  await page.goto(inbox.path);
  await page.getByRole("banner").waitFor();
});

afterAll(async () => {
  await browser?.close();
  trap?.close();
});

test.each(letters)("%s", async (letter) => {
  told.length = 0;
  const { thread, attachments } = inbox.threads.get(idOf(letter)) ?? { thread: "", attachments: [] };
  // Within the application, as a click does: the page is not loaded anew.
  await page.evaluate((path) => {
    history.pushState(null, "", path);
    dispatchEvent(new PopStateEvent("popstate"));
  }, `${inbox.path}/${thread}`);
  const article = page.locator("article.card:not(.folded)");
  await article.waitFor();
  const frame = page.frameLocator("iframe.message-frame");
  await expect.poll(() => frame.locator("body").innerText(), { timeout: 20_000 }).toMatch(/Phần còn lại|sâu|alert|chay|\S/);
  await page.waitForTimeout(30);

  // 1. Nothing ran, nothing was told.
  expect(told).toEqual([]);
  expect(await page.title()).not.toContain("chay");
  expect(page.url()).toBe(`${world.web}${inbox.path}/${thread}`);

  // 2. What is in the frame can do nothing either.
  const inner = page.frames().find((f) => f.url().includes("/frame.html"));
  if (!inner) throw new Error("There is no frame.");
  expect(await inner.evaluate(look)).toEqual([]);

  // 3. It stays in its frame, and the page's own buttons are where they were.
  const box = await page.locator("iframe.message-frame").boundingBox();
  const reader = await page.getByRole("region", { name: "Nội dung thư" }).boundingBox();
  expect(box && reader && box.x >= reader.x - 1 && box.x + box.width <= reader.x + reader.width + 1).toBe(true);
  expect(await page.locator("iframe").count()).toBe(1);
  expect(await page.locator("main script, main object, main embed, main [onerror], main [onclick], main img[src^='http']").count()).toBe(0);
  expect(await page.evaluate(() => document.elementFromPoint(20, 20)?.closest("header, [role=banner]") !== null)).toBe(true);

  // 4. Names turn nothing round, and lead nowhere.
  const text = await article.innerText();
  expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
  for (const shown of await page.locator(".attachment-name").allInnerTexts()) expect(shown).not.toMatch(/[\\/]/);

  // 5. What is attached is saved, never shown as a page of this server; what can be looked at acts no more than the text does.
  for (const part of attachments) {
    const answer = await context.request.get(`/jmap/download/${inbox.account}/${part.blobId}/x?type=${encodeURIComponent(part.type)}`);
    expect(answer.headers()).toMatchObject({ "content-disposition": expect.stringMatching(/^attachment/), "content-security-policy": "default-src 'none'; sandbox", "x-content-type-options": "nosniff" });
  }
  for (const button of await page.getByRole("button", { name: /^Xem trước/ }).all()) {
    await button.click();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await page.waitForTimeout(300);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  }
  expect(told).toEqual([]);
});

test("trình duyệt tự làm sạch như máy chủ", async () => {
  const source = await bundle();
  const blank = await (await browser.newContext()).newPage();
  await blank.route("**/*", (route) => (route.request().url() === "http://trang.localhost/" ? route.fulfill({ body: "<!doctype html><title>x</title>", contentType: "text/html" }) : (told.push(route.request().url()), route.abort())));
  await blank.goto("http://trang.localhost/");
  await blank.addScriptTag({ content: source });
  told.length = 0;
  blank.on("dialog", (dialog) => {
    told.push(dialog.message());
    void dialog.dismiss();
  });
  for (const letter of letters) {
    // As if the server had let everything through: the whole text is taken for HTML.
    const html = readFileSync(join(folder, letter), "utf8").replace(/\r?\n/g, "\n").split("\n\n").slice(1).join("\n\n");
    const found = await blank.evaluate(
      ({ html: given, lookText }) => {
        const clean = (window as unknown as { sanitize: { cleanHtml: (html: string, inline: () => null, remote: boolean) => { html: string } } }).sanitize.cleanHtml(given, () => null, false);
        document.body.replaceChildren(...new DOMParser().parseFromString(clean.html, "text/html").body.childNodes);
        return (eval(`(${lookText})`) as () => string[])();
      },
      { html, lookText: look.toString() },
    );
    expect([letter, found, told]).toEqual([letter, [], []]);
  }
  await blank.context().close();
});

// What of a page could act, ask or tell; runs in the browser.
function look(): string[] {
  const wrong: string[] = [];
  const allowed = new Set("picture a abbr acronym address b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main map mark nav ol p pre q rp rt ruby s samp section article aside small span strike strong sub summary details sup table tbody td tfoot th thead time tr tt u ul var wbr area data output label legend fieldset hgroup menu dir nobr marquee".split(" "));
  for (const element of document.body.querySelectorAll("*")) {
    const name = element.localName;
    // The frame's own script stands beside what it shows only until it has shown it.
    if (!allowed.has(name)) wrong.push(`<${name}>`);
    if (element.namespaceURI !== "http://www.w3.org/1999/xhtml") wrong.push(`${name} of ${element.namespaceURI}`);
    for (const attribute of element.attributes) {
      const value = attribute.value.trim();
      if (/^on|^(?:id|name|srcset|ping|background|poster|action|formaction|usemap|contenteditable|autofocus|popover|srcdoc|data|is|form|nonce)$/i.test(attribute.name) || attribute.name.startsWith("data-")) wrong.push(`${name} ${attribute.name}`);
      if (attribute.name === "class" && !/^(?:plain|quote|congvu-print)$/.test(value)) wrong.push(`${name} class=${value}`);
      if (attribute.name === "href" && !/^(?:https?:|mailto:|tel:)/i.test(value)) wrong.push(`href ${value.slice(0, 40)}`);
      if (attribute.name === "src" && !/^data:image\/(?:png|jpe?g|gif|webp|bmp);base64,/i.test(value)) wrong.push(`src ${value.slice(0, 40)}`);
      if (attribute.name === "style" && /url|@|\\|expression|position|z-index|transform|animation|transition|content|--|image|behavior|binding/i.test(value)) wrong.push(`style ${value.slice(0, 60)}`);
    }
    if (name === "a" && element.hasAttribute("href") && (element.getAttribute("target") !== "_blank" || !element.getAttribute("rel")?.includes("noopener"))) wrong.push("a link that opens here");
    if (!["static", "relative"].includes(getComputedStyle(element).position)) wrong.push(`${name} is placed`);
  }
  return wrong;
}

const idOf = (letter: string) => `thu-doc-${Number(letter.slice(0, 2))}@example.com`;

async function readInbox(csrf: string): Promise<typeof inbox> {
  const session = (await (await context.request.get("/jmap/session")).json()) as { primaryAccounts: Record<string, string> };
  const account = session.primaryAccounts["urn:ietf:params:jmap:mail"] ?? "";
  const answer = await context.request.post("/jmap/api", {
    headers: { "X-CSRF-Token": csrf },
    data: {
      using: ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"],
      methodCalls: [
        ["Mailbox/query", { accountId: account, filter: { role: "inbox" } }, "m"],
        ["Email/query", { accountId: account, limit: 500 }, "q"],
        ["Email/get", { accountId: account, "#ids": { resultOf: "q", name: "Email/query", path: "/ids" }, properties: ["messageId", "threadId", "attachments"], bodyProperties: ["blobId", "name", "type"] }, "e"],
      ],
    },
  });
  const [mailboxes, , emails] = ((await answer.json()) as { methodResponses: [string, Record<string, unknown>, string][] }).methodResponses;
  const list = emails?.[1]["list"] as { messageId: string[] | null; threadId: string; attachments: { blobId: string; name: string | null; type: string }[] }[];
  return { account, path: `/mail/${account}/${(mailboxes?.[1]["ids"] as string[])[0]}`, threads: new Map(list.map((e) => [e.messageId?.[0] ?? "", { thread: e.threadId, attachments: e.attachments }])) };
}

async function bringIn(letter: string, csrf: string): Promise<void> {
  const text = readFileSync(join(folder, letter)).toString("latin1").replaceAll("<AI>", `<${holder.address}>`).replace(/\r?\n/g, "\r\n");
  const headers = { "X-CSRF-Token": csrf };
  const uploaded = await context.request.post(`/jmap/upload/${inbox.account}`, { headers: { ...headers, "Content-Type": "message/rfc822" }, data: Buffer.from(text, "latin1") });
  const { blobId } = (await uploaded.json()) as { blobId: string };
  const answer = await context.request.post("/jmap/api", {
    headers,
    data: {
      using: ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"],
      methodCalls: [["Email/import", { accountId: inbox.account, emails: { m: { blobId, mailboxIds: { [inbox.path.split("/").at(-1) ?? ""]: true } } } }, "i"]],
    },
  });
  expect(await answer.text()).toContain('"created":{"m"');
}

// The sanitizer as the webmail has it, as one script.
async function bundle(): Promise<string> {
  const { build } = await import("vite");
  const made = await build({
    configFile: false,
    logLevel: "error",
    root: join(import.meta.dirname, ".."),
    build: { write: false, minify: false, lib: { entry: join(import.meta.dirname, "../src/features/reader/sanitize.ts"), formats: ["iife"], name: "sanitize" } },
  });
  const output = (Array.isArray(made) ? made : [made])[0] as { output: { code?: string }[] };
  return (output.output[0]?.code ?? "").replace(/^var sanitize/, "window.sanitize");
}

test("các thư thử có mặt", () => {
  expect(existsSync(folder) && letters.length >= 60).toBe(true);
});
