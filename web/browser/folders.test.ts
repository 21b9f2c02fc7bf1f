import { expect, test } from "vitest";
import { deliver } from "./mail";
import { button, folder, gone, listHas, openAs, row, seen } from "./page";
import { newPerson } from "./people";

test("tạo, đổi tên, tô màu, tạo thư mục con và xóa thư mục", async () => {
  const an = await newPerson("Nguyễn Văn An");
  await deliver(an.address, { subject: "Thuộc dự án" });
  const page = await openAs(an);
  await button(page, "Thư mục mới").click();
  await page.getByLabel("Tên thư mục").fill("Dự án");
  await button(page, "Lưu").click();
  await seen(folder(page, "Dự án"));

  await button(page, "Tùy chọn cho thư mục Dự án").click();
  await page.getByRole("menuitem", { name: "Đổi tên" }).click();
  await page.getByLabel("Tên thư mục").fill("Dự án số hóa");
  await button(page, "Lưu").click();
  await seen(folder(page, "Dự án số hóa"));

  await button(page, "Tùy chọn cho thư mục Dự án số hóa").click();
  await button(page, "Màu số 4").click();
  await page.keyboard.press("Escape");
  await seen(folder(page, "Dự án số hóa").locator("svg[color='#2f9e44'], svg[stroke='#2f9e44']"));

  await button(page, "Tùy chọn cho thư mục Dự án số hóa").click();
  await page.getByRole("menuitem", { name: "Thư mục con mới" }).click();
  await page.getByLabel("Tên thư mục").fill("Dự án số hóa");
  await button(page, "Lưu").click();
  await expect.poll(() => folder(page, "Dự án số hóa").count()).toBe(2);

  await row(page, "Thuộc dự án").locator(".row").dragTo(folder(page, "Dự án số hóa").first());
  await listHas(page, 0);
  await folder(page, "Dự án số hóa").first().click();
  await listHas(page, 1);
  await page.reload();
  await seen(row(page, "Thuộc dự án"));

  await button(page, "Tùy chọn cho thư mục Dự án số hóa").last().click();
  await page.getByRole("menuitem", { name: "Xóa thư mục" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Xóa thư mục" }).click();
  await expect.poll(() => folder(page, "Dự án số hóa").count()).toBe(1);
  await button(page, "Tùy chọn cho thư mục Dự án số hóa").click();
  await page.getByRole("menuitem", { name: "Xóa thư mục" }).click();
  await seen(page.getByText("Xóa thư mục “Dự án số hóa” cùng 1 thư trong đó?"));
  await page.getByRole("dialog").getByRole("button", { name: "Xóa thư mục" }).click();
  await gone(folder(page, "Dự án số hóa"));
});

test("tên thư mục đã có thì báo ngay", async () => {
  const page = await openAs(await newPerson("Trần Bình"));
  for (const round of [1, 2]) {
    await button(page, "Thư mục mới").click();
    await page.getByLabel("Tên thư mục").fill("Trùng tên");
    await button(page, "Lưu").click();
    if (round === 1) await seen(folder(page, "Trùng tên"));
  }
  await seen(page.getByText("Tên này đã có hoặc không hợp lệ."));
});

test("dung lượng hộp thư được báo, cảnh báo khi sắp đầy", async () => {
  const chi = await newPerson("Lê Thị Chi");
  const page = await openAs(chi);
  await seen(page.getByText(/Đã dùng .* \/ 1 GB/));
});
