import { expect, test } from "vitest";
import { button, folder, gone, newPage, openAs, seen } from "./page";
import { newAccount, newPerson } from "./people";

test("đăng nhập rồi đăng xuất", async () => {
  const an = await newPerson("Nguyễn Văn An");
  const page = await newPage();
  await page.goto("/");
  await page.getByLabel("Địa chỉ thư").fill(an.address);
  await page.getByLabel("Mật khẩu", { exact: true }).fill("sai-mat-khau");
  await button(page, "Đăng nhập").click();
  await seen(page.getByText("Địa chỉ thư hoặc mật khẩu không đúng."));
  await page.getByLabel("Mật khẩu", { exact: true }).fill(an.password);
  await button(page, "Đăng nhập").click();
  await seen(folder(page, "Hộp thư đến"));

  await button(page, "Tài khoản của Nguyễn Văn An").click();
  await page.getByRole("menuitem", { name: "Đăng xuất" }).click();
  await seen(button(page, "Đăng nhập"));
  await page.goto("/settings/devices");
  await seen(button(page, "Đăng nhập"));
});

test("đổi mật khẩu bắt buộc ở lần đăng nhập đầu tiên", async () => {
  const binh = await newAccount("Trần Bình");
  const page = await newPage();
  await page.goto("/");
  await page.getByLabel("Địa chỉ thư").fill(binh.address);
  await page.getByLabel("Mật khẩu", { exact: true }).fill(binh.password);
  await button(page, "Đăng nhập").click();
  await seen(page.getByRole("heading", { name: "Cần đổi mật khẩu" }));
  await page.goto("/settings/general");
  await seen(page.getByRole("heading", { name: "Cần đổi mật khẩu" }));

  await page.getByLabel("Mật khẩu hiện tại").fill(binh.password);
  await page.getByLabel("Mật khẩu mới", { exact: true }).fill("ngan");
  const rules = page.getByRole("list", { name: "Yêu cầu đối với mật khẩu" });
  await seen(rules.getByRole("listitem").filter({ hasText: "Có chữ thường" }).getByLabel("Đạt", { exact: true }));
  await seen(rules.getByRole("listitem").filter({ hasText: "Có chữ hoa" }).getByLabel("Chưa đạt"));
  await page.getByLabel("Mật khẩu mới", { exact: true }).fill("Rung-Thong+26");
  await gone(rules.getByLabel("Chưa đạt").first());
  await page.getByLabel("Nhập lại mật khẩu mới").fill("Rung-Thong+26");
  await button(page, "Đổi mật khẩu").click();
  await seen(folder(page, "Hộp thư đến"));
});

test("máy tính dùng chung không giữ lại gì", async () => {
  const chi = await newPerson("Lê Thị Chi");
  const page = await newPage();
  await page.goto("/");
  await page.getByLabel("Địa chỉ thư").fill(chi.address);
  await page.getByLabel("Mật khẩu", { exact: true }).fill(chi.password);
  await page.getByRole("checkbox", { name: "Máy tính dùng chung" }).check();
  await button(page, "Đăng nhập").click();
  await seen(folder(page, "Hộp thư đến"));

  const elsewhere = await openAs(chi, "/settings/devices");
  await seen(elsewhere.getByText("Máy dùng chung"));

  await button(page, "Soạn thư").click();
  await page.getByRole("textbox", { name: "Tiêu đề" }).fill("Không được giữ trên máy này");
  await seen(page.getByText("Đã lưu nháp"));
  const kept = await page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open("congvu-drafts");
        opening.onupgradeneeded = () => resolve(0);
        opening.onerror = () => reject(new Error("indexedDB"));
        opening.onsuccess = () => {
          const counting = opening.result.transaction("drafts").objectStore("drafts").count();
          counting.onsuccess = () => resolve(counting.result);
        };
      }),
  );
  expect(kept).toBe(0);
});
