import { expect, test } from "vitest";
import { deliver } from "./mail";
import { button, gone, listHas, openAs, row, seen } from "./page";
import { newPerson } from "./people";

test("tìm thư khi đang gõ, có dấu và không dấu, thu hẹp bằng điều kiện", async () => {
  const an = await newPerson("Nguyễn Văn An");
  await deliver(an.address, { subject: "Báo cáo thu hút đầu tư", text: "Huyện Đắk Mil" });
  await deliver(an.address, { subject: "Báo cáo hộ nghèo", from: "mai@example.com", name: "Hoàng Mai", files: [{ name: "biểu.txt", type: "text/plain", bytes: Buffer.from("1") }] });
  await deliver(an.address, { subject: "Lịch trực Tết" });
  const page = await openAs(an);
  await listHas(page, 3);

  const search = page.getByRole("textbox", { name: "Tìm thư" });
  await search.pressSequentially("bao cao");
  await seen(page.getByRole("heading", { name: "Kết quả tìm kiếm" }));
  await listHas(page, 2);
  await search.fill("đắk mil");
  await listHas(page, 1);
  await seen(row(page, "Báo cáo thu hút đầu tư"));
  await search.fill("báo cáo");
  await listHas(page, 2);

  const chips = page.getByRole("group", { name: "Thu hẹp kết quả" });
  await button(chips, "Có tệp đính kèm").click();
  await listHas(page, 1);
  await seen(row(page, "Báo cáo hộ nghèo"));
  await button(chips, "Có tệp đính kèm").click();
  await listHas(page, 2);
  await button(chips, "Từ").click();
  await page.getByRole("textbox", { name: "Từ", exact: true }).fill("hoang mai");
  await page.keyboard.press("Enter");
  await listHas(page, 1);
  await seen(row(page, "Báo cáo hộ nghèo"));
  await button(chips, "Bỏ điều kiện").click();
  await listHas(page, 2);

  await button(chips, "Thời gian").click();
  const yesterday = new Date(Date.now() + 7 * 3_600_000 - 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel("Đến ngày").fill(yesterday);
  await button(page, "Áp dụng").click();
  await seen(page.getByText("Không tìm thấy thư nào."));
  await button(chips, "Bỏ điều kiện").click();
  await listHas(page, 2);
  await button(chips, "Thư mục").click();
  await page.getByRole("menuitem", { name: "Lưu trữ" }).click();
  await seen(page.getByText("Không tìm thấy thư nào."));

  await search.focus();
  await page.keyboard.press("Escape");
  await gone(page.getByRole("heading", { name: "Kết quả tìm kiếm" }));
  await listHas(page, 3);
  expect(await search.inputValue()).toBe("");
});
