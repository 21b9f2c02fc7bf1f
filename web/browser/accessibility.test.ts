import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { deliver } from "./mail";
import { button, composer, desktop, newPage, openAs, phone, read, seen, write } from "./page";
import { newAccount, newPerson, world } from "./people";

/** No serious violation, light and dark, on a desktop and on a phone. */
async function check(page: Page, sizes = [desktop, phone]): Promise<void> {
  const found: string[] = [];
  for (const size of sizes) {
    await page.setViewportSize(size);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await expect.poll(() => page.evaluate(() => document.documentElement.dataset["mantineColorScheme"])).toBe(colorScheme);
      await page.evaluate(axe.source);
      // The text of a message is its author's affair, in a frame of its own.
      const { violations } = await page.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run(document, { iframes: false, resultTypes: ["violations"] }));
      for (const one of violations)
        if (one.impact === "serious" || one.impact === "critical") found.push(`${size.width} ${colorScheme} ${one.id}: ${one.nodes.map((n) => `${n.html.slice(0, 200)} ${n.failureSummary?.split("\n")[1] ?? ""}`).join("\n")}`);
    }
  }
  expect(found).toEqual([]);
}

test("trang đăng nhập và trang đổi mật khẩu bắt buộc", async () => {
  const page = await newPage();
  await page.goto("/");
  await button(page, "Đăng nhập").click();
  await seen(page.getByLabel("Địa chỉ thư"));
  await check(page);
  const binh = await newAccount("Trần Bình");
  await page.getByLabel("Địa chỉ thư").fill(binh.address);
  await page.getByLabel("Mật khẩu", { exact: true }).fill(binh.password);
  await button(page, "Đăng nhập").click();
  await seen(page.getByRole("heading", { name: "Cần đổi mật khẩu" }));
  await check(page);
});

test("danh sách thư, thư đang đọc, kết quả tìm kiếm, hộp thoại", async () => {
  const an = await newPerson("Nguyễn Văn An");
  const first = await deliver(an.address, { subject: "Thư có tệp", text: "Nội dung", files: [{ name: "a.txt", type: "text/plain", bytes: Buffer.from("a") }, { name: "b.png", type: "image/png", bytes: Buffer.from("b") }] });
  await deliver(an.address, { subject: "Re: Thư có tệp", answers: first, html: `<img src="https://anh.invalid/a.png">` });
  await deliver(an.address, { subject: "Thư chưa đọc" });
  const page = await openAs(an);
  await seen(page.getByText("Thư chưa đọc").first());
  await check(page);
  await page.setViewportSize(desktop);
  await read(page, "Thư có tệp");
  await seen(page.getByText("Hình ảnh từ bên ngoài đã bị chặn để bảo vệ bạn."));
  await check(page);
  await page.setViewportSize(desktop);
  await page.getByRole("checkbox", { name: "Chọn thư: Thư chưa đọc" }).check();
  await check(page, [desktop]);
  await page.goto("/");
  await page.getByRole("textbox", { name: "Tìm thư" }).fill("thu chua doc");
  await seen(page.getByRole("heading", { name: "Kết quả tìm kiếm" }));
  await seen(page.getByText("Thư chưa đọc").first());
  await check(page);
  await page.setViewportSize(desktop);
  await button(page, "Phím tắt").click();
  await seen(page.getByRole("dialog", { name: "Phím tắt" }));
  await check(page, [desktop]);
  await page.keyboard.press("Escape");
  await button(page, "Thư mục mới").click();
  await seen(page.getByLabel("Tên thư mục"));
  await check(page, [desktop]);
});

test("khung soạn thư", async () => {
  const page = await openAs(await newPerson("Lê Thị Chi"));
  await button(page, "Soạn thư").click();
  const form = await write(page, { to: "ai@daknong.gov.vn", subject: "Thử", text: "Một đoạn." });
  await form.getByText("Cc, Bcc").click();
  await page.locator("input[type=file]").setInputFiles({ name: "tệp.txt", mimeType: "text/plain", buffer: Buffer.from("a") });
  await seen(form.getByText("tệp.txt"));
  await check(page);
  await page.setViewportSize(desktop);
  await button(form, "Tùy chọn gửi").click();
  await page.getByRole("menuitem", { name: "Hẹn giờ gửi" }).click();
  await seen(page.getByRole("dialog", { name: "Hẹn giờ gửi" }));
  await check(page, [desktop]);
  await seen(composer(page));
});

test("các trang cài đặt", async () => {
  const page = await openAs(await newPerson("Phạm Dũng"), "/settings/general");
  await seen(page.getByRole("heading", { level: 1 }));
  for (const link of await page.getByRole("navigation", { name: "Cài đặt" }).getByRole("link").all()) {
    await page.setViewportSize(desktop);
    await link.click();
    await seen(page.getByRole("heading", { level: 1, name: (await link.innerText()).trim() }));
    await page.waitForLoadState("networkidle");
    await check(page);
  }
});

test("các trang quản trị", async () => {
  const page = await openAs({ ...world.administrator, name: "Quản trị hệ thống" }, "/admin/accounts");
  for (const path of ["/admin/accounts", "/admin/queue", "/admin/health"]) {
    await page.goto(path);
    await seen(page.getByRole("main").getByRole("heading", { level: 1 }));
    await check(page);
  }
});
