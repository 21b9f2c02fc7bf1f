import { expect, test } from "vitest";
import { button, gone, newPage, openAs, seen, write } from "./page";
import { newPerson, world } from "./people";

const administrator = { ...world.administrator, name: "Quản trị hệ thống" };

test("quản trị: thêm hộp thư, dung lượng, tạm khóa, cấp lại mật khẩu", async () => {
  const page = await openAs(administrator, "/admin/accounts");
  const address = `moi.${process.pid}@daknong.gov.vn`;
  await button(page, "Thêm hộp thư").click();
  const dialog = page.getByRole("dialog", { name: "Thêm hộp thư" });
  await dialog.getByLabel("Họ và tên").fill("Bùi Văn Mới");
  await dialog.getByLabel("Địa chỉ thư").fill("moi@noi-khac.example");
  await button(dialog, "Thêm hộp thư").click();
  await seen(dialog.getByText("Địa chỉ không hợp lệ hoặc tên miền không thuộc hệ thống."));
  await dialog.getByLabel("Địa chỉ thư").fill(address);
  await button(dialog, "Thêm hộp thư").click();
  await seen(page.getByText(`Mật khẩu mới của ${address}`));

  await page.getByLabel("Tìm theo tên hoặc địa chỉ").fill("bui van moi");
  const account = page.getByRole("row").filter({ hasText: address });
  await seen(page.getByText("1 hộp thư", { exact: true }));
  const act = async (name: string) => {
    await account.getByRole("button", { name: /^Thao tác khác/ }).click();
    await page.getByRole("menuitem", { name }).click();
  };
  await act("Thay đổi dung lượng");
  await page.getByLabel("Dung lượng (GB)").fill("2");
  await button(page.getByRole("dialog"), "Lưu").click();
  await seen(account.getByText("/ 2 GB"));
  await act("Tạm khóa");
  await seen(account.getByText("Tạm khóa"));
  await act("Mở lại");
  await seen(account.getByText("Đang dùng"));
  page.once("dialog", (asked) => void asked.accept());
  const before = await page.getByRole("alert").locator("code").innerText();
  await act("Cấp lại mật khẩu");
  await expect.poll(() => page.getByRole("alert").locator("code").innerText()).not.toBe(before);
});

test("quản trị: hàng đợi gửi và tình trạng hệ thống", async () => {
  const an = await newPerson("Nguyễn Văn An", { undoSeconds: 0 });
  const mail = await openAs(an);
  await button(mail, "Soạn thư").click();
  const form = await write(mail, { to: "ai.do@khong-co.invalid", subject: "Ra ngoài", text: "Xin chào" });
  await button(form, "Gửi").click();
  await gone(form);
  const page = await openAs(administrator, "/admin/queue");
  await seen(page.getByText("ai.do@khong-co.invalid").first());
  await page.goto("/admin/health");
  await seen(page.getByText("Chạy từ"));
  await seen(page.getByText("Ổ đĩa"));
});

test("người không phải quản trị không vào được trang quản trị", async () => {
  const page = await openAs(await newPerson("Trần Bình"), "/admin/accounts");
  await seen(page.getByText("Chỉ người quản trị hệ thống mới xem được trang này."));
  await button(page, "Tài khoản của Trần Bình").click();
  await gone(page.getByRole("menuitem", { name: "Quản trị hệ thống" }));
  expect((await (await newPage()).request.get("/api/admin/accounts")).status()).toBe(401);
});
