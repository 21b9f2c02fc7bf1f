import { expect, test } from "vitest";
import { deliver } from "./mail";
import { button, folder, gone, openAs, row, seen } from "./page";
import { newPerson } from "./people";

test("mật khẩu ứng dụng: tạo, dùng được, thu hồi", async () => {
  const an = await newPerson("Nguyễn Văn An");
  const page = await openAs(an, "/settings/programs");
  await page.getByLabel("Dùng cho thiết bị hoặc chương trình nào").fill("Outlook ở cơ quan");
  await button(page, "Tạo mật khẩu").click();
  const made = page.getByRole("alert").filter({ hasText: "Mật khẩu ứng dụng cho “Outlook ở cơ quan”" });
  const password = await made.locator("code").innerText();
  const basic = { Authorization: `Basic ${Buffer.from(`${an.address}:${password}`).toString("base64")}` };
  const url = new URL("/jmap/session", page.url()).href;
  expect((await fetch(url, { headers: basic })).status).toBe(200);
  await button(page, "Thu hồi").click();
  await seen(page.getByText("Đã thu hồi mật khẩu ứng dụng."));
  expect((await fetch(url, { headers: basic })).status).toBe(401);
  await button(page, "Outlook").click();
  await seen(page.getByText("nhập tên máy chủ như bảng trên và mật khẩu ứng dụng"));
});

test("thiết bị đăng nhập: đăng xuất từ xa", async () => {
  const binh = await newPerson("Trần Bình");
  const lost = await openAs(binh);
  await seen(folder(lost, "Hộp thư đến"));
  const page = await openAs(binh, "/settings/devices");
  await seen(page.getByText("Thiết bị này"));
  await button(page, "Đăng xuất").first().click();
  await seen(page.getByText("Đã đăng xuất thiết bị"));
  await button(lost, "Làm mới").click();
  await seen(button(lost, "Đăng nhập"));
  await seen(page.getByRole("table").getByText("Thành công").first());
});

test("đổi mật khẩu đăng xuất các thiết bị khác", async () => {
  const chi = await newPerson("Lê Thị Chi");
  const elsewhere = await openAs(chi);
  const page = await openAs(chi, "/settings/password");
  await page.getByLabel("Mật khẩu hiện tại").fill(chi.password);
  await page.getByLabel("Mật khẩu mới", { exact: true }).fill("Suoi-Nguon+94");
  await page.getByLabel("Nhập lại mật khẩu mới").fill("Suoi-Nguon+94");
  await button(page, "Đổi mật khẩu").click();
  await seen(page.getByText("Đã đổi mật khẩu. Các thiết bị khác đã được đăng xuất."));
  await page.goto("/");
  await seen(folder(page, "Hộp thư đến"));
  await elsewhere.reload();
  await seen(button(elsewhere, "Đăng nhập"));
});

test("trả lời tự động khi vắng mặt", async () => {
  const dung = await newPerson("Phạm Dũng");
  const em = await newPerson("Hồ Thị Em");
  const page = await openAs(dung, "/settings/vacation");
  await page.getByRole("switch", { name: "Bật trả lời tự động" }).check({ force: true });
  await page.getByRole("textbox", { name: "Nội dung thư" }).fill("Tôi đi công tác đến thứ Sáu.");
  await button(page, "Lưu").click();
  await seen(page.getByText("Đã lưu"));
  const theirs = await openAs(em);
  await deliver(dung.address, { from: em.address, name: em.name, subject: "Hỏi việc" });
  await seen(row(theirs, "Tôi đi công tác đến thứ Sáu."));
});

test("giao diện tối, cỡ chữ, ngôn ngữ, giữ nguyên khi mở lại", async () => {
  const page = await openAs(await newPerson("Đỗ Giang"));
  const menu = () => button(page, /^(Tài khoản của|Account of|.*Đỗ Giang)/).click();
  await menu();
  await page.getByRole("menuitem", { name: "Giao diện tối" }).click();
  await expect.poll(() => page.evaluate(() => document.documentElement.dataset["mantineColorScheme"])).toBe("dark");
  await page.goto("/settings/general");
  await page.getByRole("combobox", { name: "Cỡ chữ" }).or(page.getByRole("textbox", { name: "Cỡ chữ" })).click();
  const saved = page.waitForResponse((response) => response.url().endsWith("/api/preferences") && response.request().method() === "PATCH");
  await page.getByRole("option", { name: "Lớn" }).click();
  await saved;
  await expect.poll(() => page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe("18.5px");
  await page.reload();
  await expect.poll(() => page.evaluate(() => [document.documentElement.dataset["mantineColorScheme"], document.documentElement.dataset["textSize"]])).toEqual(["dark", "large"]);
  await menu();
  await page.getByRole("menuitem", { name: "English" }).click();
  await seen(page.getByRole("button", { name: "Compose" }));
  await menu();
  await page.getByRole("menuitem", { name: "Tiếng Việt" }).click();
  await seen(button(page, "Soạn thư"));
  await gone(page.getByRole("button", { name: "Compose" }));
});
