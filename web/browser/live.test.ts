import { test } from "vitest";
import { deliver } from "./mail";
import { folder, gone, listHas, openAs, row, seen, signInContext } from "./page";
import { newPerson } from "./people";

test("thư mới hiện ra mà không cần tải lại trang", async () => {
  const an = await newPerson("Nguyễn Văn An");
  const page = await openAs(an);
  await seen(page.getByText("Không có thư nào trong thư mục này."));
  await deliver(an.address, { subject: "Họp giao ban sáng thứ Hai" });
  await seen(row(page, "Họp giao ban sáng thứ Hai"));
  await seen(folder(page, "Hộp thư đến").getByLabel("1 thư chưa đọc"));
});

test("hai thẻ của một người luôn giống nhau", async () => {
  const binh = await newPerson("Trần Bình");
  for (const subject of ["Thư thứ nhất", "Thư thứ hai"]) await deliver(binh.address, { subject });
  const first = await openAs(binh);
  const second = await first.context().newPage();
  await second.goto("/");
  await listHas(first, 2);
  await listHas(second, 2);
  await row(first, "Thư thứ nhất").locator(".row-main").click();
  await seen(folder(second, "Hộp thư đến").getByLabel("1 thư chưa đọc"));
  await first.keyboard.press("e");
  await gone(row(second, "Thư thứ nhất"));
  await listHas(second, 1);
});

test("đăng nhập lại ở thẻ khác thì thẻ này vẫn dùng được", async () => {
  const chi = await newPerson("Lê Thị Chi");
  await deliver(chi.address, { subject: "Thư còn đó" });
  const page = await openAs(chi);
  await seen(row(page, "Thư còn đó"));
  await signInContext(page.context(), chi);
  await row(page, "Thư còn đó").getByRole("button", { name: "Dấu sao: Thư còn đó" }).click();
  await seen(row(page, "Thư còn đó").getByRole("button", { pressed: true }));
  await page.reload();
  await seen(row(page, "Thư còn đó").getByRole("button", { pressed: true }));
});
