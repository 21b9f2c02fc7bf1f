import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { button, folder, gone, newPage, openAs, seen } from "./page";
import { newPerson } from "./people";

test("xác thực hai bước: bật, đăng nhập bằng mã, mã dự phòng, tắt", async () => {
  const an = await newPerson("Nguyễn Văn An");
  const page = await openAs(an, "/settings/security");
  await button(page, "Bật xác thực hai bước").click();
  await page.getByLabel("Mật khẩu hiện tại").fill(an.password);
  await button(page, "Tiếp tục").click();
  const secret = (await page.locator("code").first().innerText()).replace(/ /g, "");
  const now = Date.now();
  await page.getByLabel("Mã xác thực").fill(codeOf(secret, now));
  await button(page, "Xác nhận").click();
  const recovery = await page.getByRole("list", { name: "Mã dự phòng" }).locator("code").first().innerText();
  await button(page, "Tôi đã cất các mã").click();
  await seen(page.getByText("Đang bật"));

  const other = await newPage();
  await other.goto("/");
  await other.getByLabel("Địa chỉ thư").fill(an.address);
  await other.getByLabel("Mật khẩu", { exact: true }).fill(an.password);
  await button(other, "Đăng nhập").click();
  await seen(other.getByText("Nhập mã từ ứng dụng xác thực trên điện thoại."));
  await other.getByLabel("Mã xác thực").fill("000000");
  await button(other, "Đăng nhập").click();
  await seen(other.getByText("Mã xác thực không đúng."));
  // A code is good once: the next one is taken, which the server accepts a step ahead.
  await other.getByLabel("Mã xác thực").fill(codeOf(secret, now + 30_000));
  await button(other, "Đăng nhập").click();
  await seen(folder(other, "Hộp thư đến"));

  const third = await newPage();
  await third.goto("/");
  await third.getByLabel("Địa chỉ thư").fill(an.address);
  await third.getByLabel("Mật khẩu", { exact: true }).fill(an.password);
  await button(third, "Đăng nhập").click();
  await third.getByLabel("Mã xác thực").fill(recovery);
  await button(third, "Đăng nhập").click();
  await seen(folder(third, "Hộp thư đến"));

  await page.reload();
  await button(page, "Tắt xác thực hai bước").click();
  await page.getByLabel("Mật khẩu hiện tại").fill(an.password);
  await button(page, "Tắt xác thực hai bước").click();
  await seen(page.getByText("Đã tắt xác thực hai bước."));
});

test("khóa đăng nhập: thêm, đăng nhập không cần mật khẩu, thu hồi", async () => {
  const binh = await newPerson("Trần Bình");
  const page = await openAs(binh, "/settings/security");
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await button(page, "Thêm khóa đăng nhập").click();
  await page.getByLabel("Tên của khóa").fill("Máy ở cơ quan");
  await page.getByLabel("Mật khẩu hiện tại").fill(binh.password);
  await button(page, "Tiếp tục").click();
  await seen(page.getByText("Đã thêm khóa đăng nhập."));
  await seen(page.getByText("Máy ở cơ quan"));

  await button(page, "Tài khoản của Trần Bình").click();
  await page.getByRole("menuitem", { name: "Đăng xuất" }).click();
  await button(page, "Dùng khóa đăng nhập").click();
  await seen(folder(page, "Hộp thư đến"));

  await page.goto("/settings/security");
  await button(page, /^Thu hồi.*Máy ở cơ quan/).click();
  await seen(page.getByText("Đã thu hồi khóa đăng nhập."));
  await gone(page.getByText("Máy ở cơ quan"));
  await button(page, "Tài khoản của Trần Bình").click();
  await page.getByRole("menuitem", { name: "Đăng xuất" }).click();
  await button(page, "Dùng khóa đăng nhập").click();
  await seen(page.getByRole("alert"));
  expect(await folder(page, "Hộp thư đến").count()).toBe(0);
});

// RFC 6238 with the values of every authenticator: SHA-1, 30 seconds, six digits.
function codeOf(base32: string, at: number): string {
  const bits = [...base32].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const hash = createHmac("sha1", key).update(counter).digest();
  return String((hash.readUInt32BE((hash[19] ?? 0) & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
