import { expect, test } from "vitest";
import { button, composer, folder, gone, openAs, row, seen, write } from "./page";
import { newPerson } from "./people";

test("thư nháp còn nguyên khi đóng thẻ", async () => {
  const page = await openAs(await newPerson("Nguyễn Văn An"));
  await button(page, "Soạn thư").click();
  const form = await write(page, { subject: "Đang viết dở", text: "Một đoạn dài" });
  await seen(form.getByText("Đã lưu nháp"));
  const second = await page.context().newPage();
  await page.close();
  await second.goto("/");
  await folder(second, "Thư nháp").click();
  await row(second, "Đang viết dở").locator(".row-main").click();
  await seen(composer(second).getByText("Một đoạn dài"));
});

test("thư nháp còn nguyên khi mất mạng rồi đóng thẻ", async () => {
  const page = await openAs(await newPerson("Trần Bình"));
  const context = page.context();
  await button(page, "Soạn thư").click();
  const form = await write(page, { subject: "Viết lúc mất mạng" });
  await context.setOffline(true);
  await page.keyboard.press("Tab");
  await write(page, { text: "Không được mất" });
  await seen(form.getByText("Chưa lưu lên máy chủ; đã giữ trên máy này"));
  await page.close();
  await context.setOffline(false);
  const second = await context.newPage();
  await second.goto("/");
  await button(second, "Viết tiếp").click();
  await seen(composer(second).getByText("Không được mất"));
  expect(await composer(second).getByRole("textbox", { name: "Tiêu đề" }).inputValue()).toBe("Viết lúc mất mạng");
});

test("có mạng trở lại thì thư nháp được lưu lên máy chủ", async () => {
  const page = await openAs(await newPerson("Lê Thị Chi"));
  await button(page, "Soạn thư").click();
  const form = await write(page, { subject: "Qua một lúc mất mạng" });
  await page.context().setOffline(true);
  await write(page, { text: "Viết tiếp" });
  await seen(form.getByText("Chưa lưu lên máy chủ; đã giữ trên máy này"));
  await page.context().setOffline(false);
  await seen(form.getByText("Đã lưu nháp"));
  await button(form, "Lưu và đóng").click();
  await folder(page, "Thư nháp").click();
  await seen(row(page, "Qua một lúc mất mạng"));
});

test("bỏ thư nháp thì không còn gì", async () => {
  const page = await openAs(await newPerson("Phạm Dũng"));
  await button(page, "Soạn thư").click();
  const form = await write(page, { subject: "Sẽ bỏ" });
  await seen(form.getByText("Đã lưu nháp"));
  await button(form, "Bỏ thư nháp").click();
  await gone(form);
  await folder(page, "Thư nháp").click();
  await seen(page.getByText("Không có thư nào trong thư mục này."));
});
