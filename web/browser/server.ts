import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";

/** The running server and browser, as the flows find them. */
export interface World {
  /** Of the browser's debugging socket. */
  browser: string;
  web: string;
  smtp: number;
  administrator: { address: string; password: string };
  /** Of every person of the sample. */
  samplePassword: string;
}

declare module "vitest" {
  interface ProvidedContext {
    world: World;
  }
}

const program = process.env["CONGVU_PROGRAM"] ?? join(import.meta.dirname, "../../src/CongVu.Server/bin/Debug/net10.0/congvu");

/** Starts `congvu serve --sample` in a folder of its own on free ports of loopback, and a browser; the tests end both. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!existsSync(program) || !existsSync(join(dirname(program), "wwwroot/index.html"))) throw new Error(`${program} is not built, or without the webmail; ./test builds both.`);
  const folder = mkdtempSync(join(tmpdir(), "congvu-browser-"));
  const data = join(folder, "data");
  const listeners = { smtp: "127.0.0.1:0", http: "127.0.0.1:0", submissions: "127.0.0.1:0", imaps: "127.0.0.1:0", submission: "off", imap: "off", https: "off" };
  // What goes elsewhere waits in the queue: nobody answers there.
  const settings = [...Object.entries(listeners).map(([kind, where]) => `listen.${kind}=${where}`), "relay.host=127.0.0.1", "relay.port=1", "log.level=error", ...(process.env["CONGVU_SETTINGS"]?.split(" ") ?? [])];
  const server = spawn(program, ["serve", "--sample", "--lang", "en", "--data", data, ...settings.flatMap((s) => ["--set", s])], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const said = await untilItRuns(server);
    const port = (name: string) => Number(found(said, new RegExp(`${name}.*?:(\\d+)\\b`))[1]);
    const [, address = "", password = ""] = found(said, /administrator signs in as (\S+) with the password [^:]*: (\S+)/);
    const browser = await chromium.launchServer({
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--lang=vi"],
    });
    project.provide("world", {
      browser: browser.wsEndpoint(),
      web: `http://localhost:${port("Web \\(HTTP\\)")}`,
      smtp: port("SMTP \\(other servers\\)"),
      administrator: { address, password },
      samplePassword: found(said, /people sign in with the password [^:]*: (\S+)/)[1] ?? "",
    });
    return async () => {
      await browser.close();
      await end(server);
      rmSync(folder, { recursive: true, force: true });
    };
  } catch (error) {
    await end(server);
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

// The last line before it waits tells of the certificate or of signing in; the listeners stand above it.
function untilItRuns(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    server.stdout?.on("data", (bytes: Buffer) => {
      said += bytes.toString("utf8");
      if (/Mail programs sign in/.test(said)) resolve(said);
    });
    server.on("error", reject);
    server.on("exit", (code) => reject(new Error(`congvu ended with ${code}: ${said}`)));
  });
}

function found(text: string, pattern: RegExp): RegExpExecArray {
  const match = pattern.exec(text);
  if (!match) throw new Error(`${pattern} is not in what the server says:\n${text}`);
  return match;
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.pid === undefined) return;
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.removeAllListeners("error");
  server.kill("SIGTERM");
  await ended;
}
