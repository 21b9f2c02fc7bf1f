// Opens, reads, searches and switches folders in two webmails with the same mail, alternately, and writes what each took.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { congVu } from "./congvu.mjs";
import { writeMail } from "./mail.mjs";
import { roundcube } from "./roundcube.mjs";

const { chromium } = createRequire(join(import.meta.dirname, "../../web/package.json"))("playwright-core");
const option = (name, otherwise) => (process.argv.includes(name) ? Number(process.argv[process.argv.indexOf(name) + 1]) : otherwise);
const messages = option("--messages", 20_000);
const rounds = option("--rounds", 12);
const folder = mkdtempSync(join(tmpdir(), "congvu-webmail-"));
const say = (text) => process.stderr.write(`${text}\n`);

const systems = [];
let browser;
try {
  say(`Writing ${messages} messages …`);
  const mail = writeMail(folder, messages);
  say("Starting Thư Công Vụ …");
  systems.push(await congVu(folder, mail));
  say("Starting Roundcube on Dovecot …");
  systems.push(await roundcube(folder, mail));
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"] });
  for (const system of systems) system.state = await signIn(system);

  const took = Object.fromEntries(systems.map((s) => [s.name, { open: [], read: [], search: [], folder: [], script: 0 }]));
  // The first round warms the servers' caches; the browser's are empty in each.
  for (let round = 0; round <= rounds; round++) {
    for (const system of round % 2 ? systems : [...systems].reverse()) {
      say(`Round ${round} of ${rounds}: ${system.name}`);
      const one = await walk(system, round);
      for (const [what, ms] of Object.entries(one)) {
        if (what === "script") took[system.name].script = ms;
        else if (round > 0) took[system.name][what].push(...[ms].flat());
      }
    }
  }
  report(took);
} finally {
  await browser?.close();
  for (const system of systems) await system.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function signIn(system) {
  const context = await browser.newContext({ baseURL: system.url });
  const page = await context.newPage();
  await system.signIn(page);
  const state = await context.storageState();
  await context.close();
  return state;
}

// One visit with an empty cache.
async function walk(system, round) {
  const context = await browser.newContext({ baseURL: system.url, storageState: system.state, viewport: { width: 1400, height: 900 }, locale: "vi-VN", reducedMotion: "reduce" });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  const scripts = new Set();
  let script = 0;
  session.on("Network.responseReceived", (event) => event.type === "Script" && scripts.add(event.requestId));
  session.on("Network.loadingFinished", (event) => scripts.has(event.requestId) && (script += event.encodedDataLength));
  const time = async (act, seen) => {
    const start = performance.now();
    await act();
    await seen();
    return performance.now() - start;
  };
  const result = {};
  result.open = await time(() => page.goto(system.start, { waitUntil: "commit" }), () => system.listShown(page));
  await page.waitForLoadState("networkidle");
  result.script = script;
  result.read = [];
  for (let n = 0; n < 3; n++) result.read.push(await time(() => system.openMessage(page, n + 1 + (round % 3) * 3), () => system.messageShown(page, n + 1 + (round % 3) * 3)));
  result.folder = await time(() => system.openFolder(page), () => system.folderShown(page));
  await page.waitForLoadState("networkidle");
  await system.openInbox(page);
  await system.listShown(page);
  await page.waitForLoadState("networkidle");
  const number = 137 * (round + 1);
  result.search = await time(() => system.search(page, `HS${String(number).padStart(6, "0")}`), () => system.found(page, `HS${String(number).padStart(6, "0")}`));
  await context.close();
  return result;
}

function report(took) {
  const percentile = (list, p) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * p))];
  const [ours, theirs] = systems.map((s) => took[s.name]);
  const rows = [
    ["first open, empty cache, to the list", "open"],
    ["open a message", "read"],
    ["switch folder", "folder"],
    ["search", "search"],
  ].map(([text, key]) => {
    const [a, b] = [percentile(ours[key], 0.5), percentile(theirs[key], 0.5)];
    return `| ${text} | ${a.toFixed(0)} | ${percentile(ours[key], 0.95).toFixed(0)} | ${b.toFixed(0)} | ${percentile(theirs[key], 0.95).toFixed(0)} | ${(b / a).toFixed(1)} |`;
  });
  const section = [
    "## Webmail",
    "",
    `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${new Date().toISOString().slice(0, 10)}. A mailbox of ${messages.toLocaleString("en")} messages, headless Chromium, ${rounds} visits with an empty cache each (three messages opened in each); milliseconds. Roundcube ${systems[1].version} of Debian on Dovecot (Maildir), Apache and PHP with opcache.`,
    "",
    "| | Thư Công Vụ, median | p95 | Roundcube, median | p95 | ratio (above 1 is ahead) |",
    "|---|---|---|---|---|---|",
    ...rows,
    "",
    `Script on the first load, as it travels: ${(ours.script / 1024).toFixed(0)} kB, Roundcube ${(theirs.script / 1024).toFixed(0)} kB.`,
    "",
  ].join("\n");
  console.log(section);
  const file = join(import.meta.dirname, "../../docs/benchmarks.md");
  const page = readFileSync(file, "utf8");
  const at = page.indexOf("## Webmail\n");
  const after = at < 0 ? -1 : page.indexOf("\n## ", at + 1);
  writeFileSync(file, at < 0 ? `${page.trimEnd()}\n\n${section}` : page.slice(0, at) + section + (after < 0 ? "" : page.slice(after)));
}
