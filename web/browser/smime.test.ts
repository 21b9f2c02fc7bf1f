import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { button, composer, folder, openAs, read, row, seen, write } from "./page";
import { newPerson, type Person } from "./people";
import { deliverRaw } from "./raw";

// Certificates and a signed message of OpenSSL, as a person of the office has them from the authority.
const at = mkdtempSync(join(tmpdir(), "congvu-smime-"));
const openssl = (...words: string[]) => execFileSync("openssl", words, { cwd: at, stdio: ["ignore", "pipe", "ignore"] });
let an: Person;

beforeAll(async () => {
  an = await newPerson("Nguyễn Văn An");
  openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=Co quan chung thuc", "-keyout", "ca.key", "-out", "ca.pem");
  for (const [name, address] of [["an", an.address], ["lan", "lan@example.com"]] as const) {
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", `/CN=Nguoi ky ${name}`, "-keyout", `${name}.key`, "-out", `${name}.csr`);
    writeFileSync(join(at, `${name}.ext`), `subjectAltName=email:${address}\nextendedKeyUsage=emailProtection\n`);
    openssl("x509", "-req", "-in", `${name}.csr`, "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "20", "-extfile", `${name}.ext`, "-out", `${name}.pem`);
  }
  openssl("pkcs12", "-export", "-inkey", "an.key", "-in", "an.pem", "-certfile", "ca.pem", "-passout", "pass:Mat-khau-1", "-out", "an.p12");
}, 60_000);

afterAll(() => rmSync(at, { recursive: true, force: true }));

test("thêm chứng thư, gửi thư ký và mã hóa, đọc lại", async () => {
  const page = await openAs(an, "/settings/certificates");
  const sent: string[] = [];
  page.on("request", (request) => request.method() !== "GET" && sent.push(request.postDataBuffer()?.toString("latin1") ?? ""));
  const chooser = page.waitForEvent("filechooser");
  await button(page, /Tệp chứng thư|\.p12/).click();
  await (await chooser).setFiles(join(at, "an.p12"));
  await page.getByLabel("Mật khẩu của tệp", { exact: true }).fill("sai");
  await button(page, "Thêm chứng thư").click();
  await seen(page.getByText("Mật khẩu của tệp không đúng."));
  await page.getByLabel("Mật khẩu của tệp", { exact: true }).fill("Mat-khau-1");
  await button(page, "Thêm chứng thư").click();
  await seen(page.getByText(/Nguoi ky an, do Co quan chung thuc cấp/));
  // The key can be used here and not taken out, and nothing of it was sent.
  expect(await page.evaluate(keptKey, an.address)).toEqual({ extractable: false, locked: true });
  expect(sent.filter((body) => body.includes("an.p12") || body.includes("PRIVATE"))).toEqual([]);

  await page.goto("/");
  await button(page, "Soạn thư").first().click();
  const form = await write(page, { to: an.address, subject: "Thư mật", text: "Nội dung chỉ người nhận đọc được." });
  await button(form, "Ký và mã hóa").click();
  await page.getByRole("switch", { name: "Ký số" }).check({ force: true });
  await page.getByRole("switch", { name: "Mã hóa" }).check({ force: true });
  await page.keyboard.press("Escape");
  await button(form, "Gửi").click();
  await composer(page).waitFor({ state: "hidden" });
  await folder(page, "Đã gửi").click();
  await read(page, "Thư mật");
  await seen(page.getByText("Thư mã hóa, đã giải mã trong trình duyệt này"));
  await seen(page.getByText("Có chữ ký số của Nguoi ky an"));
  await seen(page.getByText("Chứng thư không do tổ chức chứng thực mà hệ thống tin cậy cấp."));
  await seen(page.frameLocator("iframe.message-frame").getByText("Nội dung chỉ người nhận đọc được."));
});

test("thư người khác ký: đúng, bị sửa, ký thay", async () => {
  writeFileSync(join(at, "thu.txt"), "Content-Type: text/plain; charset=utf-8\r\n\r\nKính gửi anh An.\r\n");
  const signed = (subject: string, from: string) =>
    openssl("smime", "-sign", "-in", "thu.txt", "-signer", "lan.pem", "-inkey", "lan.key", "-from", from, "-to", an.address, "-subject", subject).toString("latin1");
  await deliverRaw(an.address, Buffer.from(signed("Ky dung", "lan@example.com"), "latin1"), "lan@example.com");
  await deliverRaw(an.address, Buffer.from(signed("Ky bi sua", "lan@example.com").replace("anh An", "anh Ba"), "latin1"), "lan@example.com");
  await deliverRaw(an.address, Buffer.from(signed("Ky thay", "khac@example.com"), "latin1"), "khac@example.com");
  const page = await openAs(an);
  await seen(row(page, "Ky thay"));
  await read(page, "Ky dung");
  await seen(page.getByText("Có chữ ký số của Nguoi ky lan"));
  await button(page, /Chi tiết chữ ký/).click();
  await seen(page.getByText("Nguoi ky lan ← Co quan chung thuc").or(page.getByText("Nguoi ky lan", { exact: true })).first());
  await read(page, "Ky bi sua");
  await seen(page.getByText("Chữ ký số KHÔNG hợp lệ"));
  await seen(page.getByText("Nội dung thư đã bị thay đổi sau khi ký."));
  await read(page, "Ky thay");
  await seen(page.getByText("Người ký (lan@example.com) không phải là người gửi ghi trên thư (khac@example.com)."));
});

test("máy dùng chung không giữ chứng thư", async () => {
  const page = await openAs(an);
  await page.context().request.post("/api/session", { data: { login: an.address, password: an.password, publicComputer: true } });
  await page.goto("/settings/certificates");
  await seen(page.getByText("Chứng thư số không dùng được trên máy dùng chung."));
});

// Runs in the browser.
function keptKey(email: string): Promise<{ extractable: boolean; locked: boolean }> {
  return new Promise((resolve) => {
    const open = indexedDB.open(`congvu-smime-${email}`);
    open.onsuccess = () => {
      const get = open.result.transaction("own").objectStore("own").get(email);
      get.onsuccess = () => {
        const kept = get.result as { sign: CryptoKey; lock: CryptoKey; locked: ArrayBuffer };
        resolve({ extractable: kept.sign.extractable || kept.lock.extractable, locked: kept.locked instanceof ArrayBuffer });
      };
    };
  });
}
