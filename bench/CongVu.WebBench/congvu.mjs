import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";

/** This system: the program on a new data folder, the mail imported. */
export async function congVu(folder, mail) {
  const program = process.env.BENCH_PROGRAM;
  const data = join(folder, "data");
  const run = (...words) => execFileSync(program, [...words, "--data", data, "--lang", "en"], { encoding: "utf8" });
  const settings = ["listen.http=127.0.0.1:0", "listen.smtp=off", "listen.submission=off", "listen.submissions=off", "listen.imap=off", "listen.imaps=off", "listen.https=off", "log.level=warning"];
  const server = spawn(program, ["serve", "--lang", "en", "--data", data, ...settings.flatMap((s) => ["--set", s])], { stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise((resolve, reject) => {
    let said = "";
    server.stdout.on("data", (bytes) => {
      said += bytes;
      const port = /Web \(HTTP\).*?:(\d+)\b/.exec(said)?.[1];
      if (port && /administrator|sign in/.test(said)) resolve(`http://localhost:${port}`);
    });
    server.on("exit", (code) => reject(new Error(`congvu ended with ${code}: ${said}`)));
  });
  run("domain", "add", "example.test");
  const password = /: (\S+)\s*$/m.exec(run("account", "add", "an@example.test", "--name", "Nguyễn Văn An", "--generate", "--quota", "4G"))?.[1] ?? "";
  run("import", "an@example.test", mail.inbox, "--format", "maildir");
  run("import", "an@example.test", mail.archive, "--format", "maildir", "--mailbox", "Archive");
  const rows = (page) => page.locator(".row-main");
  let shown = "";
  return {
    name: "Thư Công Vụ",
    url,
    start: "/",
    stop: () => new Promise((resolve) => {
      server.removeAllListeners("exit");
      server.once("exit", resolve);
      server.kill("SIGTERM");
    }),
    signIn: async (page) => {
      const answer = await page.request.post("/api/session", { data: { login: "an@example.test", password, publicComputer: false } });
      if (!answer.ok()) throw new Error(`Signing in: ${answer.status()} ${await answer.text()}`);
    },
    listShown: (page) => rows(page).filter({ hasText: "HS" }).nth(7).waitFor(),
    openMessage: async (page, n) => {
      shown = (await rows(page).nth(n).locator(".row-subject").innerText()).slice(0, 8);
      await rows(page).nth(n).click();
    },
    messageShown: async (page) => {
      await page.locator("main h1, main h2, [role=region] h1, [role=region] h2").filter({ hasText: shown }).first().waitFor();
      await page.frameLocator("iframe.message-frame").locator("body > :not(script):not(.congvu-print)").first().waitFor();
    },
    openFolder: (page) => page.getByRole("navigation", { name: "Thư mục" }).getByRole("link", { name: "Lưu trữ" }).click(),
    folderShown: (page) => rows(page).filter({ hasText: "LT" }).nth(7).waitFor(),
    openInbox: (page) => page.getByRole("navigation", { name: "Thư mục" }).getByRole("link", { name: "Hộp thư đến" }).click(),
    search: async (page, text) => {
      await page.locator("#search").fill(text);
      await page.locator("#search").press("Enter");
    },
    found: async (page, text) => {
      await rows(page).filter({ hasText: text }).first().waitFor();
      await rows(page).nth(1).waitFor({ state: "detached" });
    },
  };
}
