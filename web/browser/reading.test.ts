import { expect, test } from "vitest";
import { deliver } from "./mail";
import { button, folder, gone, listHas, messageText, openAs, read, row, rows, seen } from "./page";
import { newPerson } from "./people";

test("đọc một chuỗi trao đổi", async () => {
  const an = await newPerson("Nguyễn Văn An");
  const first = await deliver(an.address, { subject: "Kế hoạch tập huấn", text: "Kính gửi anh An bản kế hoạch." });
  await deliver(an.address, { subject: "Re: Kế hoạch tập huấn", text: "Bổ sung địa điểm tập huấn.", answers: first, name: "Lê Văn Bảo", from: "bao@example.com" });
  const page = await openAs(an);
  await listHas(page, 1);
  await seen(row(page, "Kế hoạch tập huấn").getByText("Chưa đọc"));
  await read(page, "Kế hoạch tập huấn");
  await seen(page.getByRole("article", { name: "Thư của Trần Thị Lan" }));
  await seen(page.getByRole("article", { name: "Thư của Lê Văn Bảo" }));
  await seen(messageText(page).getByText("Bổ sung địa điểm tập huấn."));
  await gone(row(page, "Kế hoạch tập huấn").getByText("Chưa đọc"));
  await seen(page.getByText("Bên ngoài").first());

  // What was read before is folded when the conversation is opened again.
  await deliver(an.address, { subject: "Re: Kế hoạch tập huấn", text: "Đã chốt lịch.", answers: first, name: "Lê Văn Bảo", from: "bao@example.com" });
  await seen(page.getByRole("article").filter({ hasText: "Đã chốt lịch." }).or(page.getByRole("article", { name: "Thư của Lê Văn Bảo" }).nth(1)));
  await page.reload();
  await expect.poll(() => page.getByRole("article").count()).toBe(3);
  await expect.poll(() => page.locator("article.card:not(.folded)").count()).toBe(1);
});

test("xem từng thư riêng thay vì theo chuỗi", async () => {
  const binh = await newPerson("Trần Bình", { conversations: false });
  const first = await deliver(binh.address, { subject: "Báo cáo tuần" });
  await deliver(binh.address, { subject: "Re: Báo cáo tuần", answers: first });
  const page = await openAs(binh);
  await listHas(page, 2);
  await page.goto("/settings/general");
  await page.getByRole("switch", { name: "Gộp thư theo chuỗi trao đổi" }).check({ force: true });
  await folder(page, "Hộp thư đến").click();
  await listHas(page, 1);
});

test("chọn nhiều thư, chuyển đi, rồi hoàn tác", async () => {
  const chi = await newPerson("Lê Thị Chi");
  for (const n of ["một", "hai", "ba"]) await deliver(chi.address, { subject: `Thư số ${n}` });
  const page = await openAs(chi);
  await listHas(page, 3);
  await page.getByRole("checkbox", { name: "Chọn thư: Thư số một" }).check();
  await page.getByRole("checkbox", { name: "Chọn thư: Thư số hai" }).check();
  await page.getByRole("toolbar", { name: "Công cụ danh sách thư" }).getByRole("button", { name: "Chuyển đến" }).click();
  await page.getByRole("menuitem", { name: "Lưu trữ" }).click();
  await listHas(page, 1);
  await seen(page.getByText("Đã chuyển 2 thư đến Lưu trữ"));
  await folder(page, "Lưu trữ").click();
  await listHas(page, 2);
  await button(page, "Hoàn tác").click();
  await seen(page.getByText("Đã hoàn tác"));
  await listHas(page, 0);
  await folder(page, "Hộp thư đến").click();
  await listHas(page, 3);
});

test("kéo thư thả vào thư mục", async () => {
  const dung = await newPerson("Phạm Dũng");
  await deliver(dung.address, { subject: "Kéo thư này" });
  const page = await openAs(dung);
  await row(page, "Kéo thư này").locator(".row").dragTo(folder(page, "Lưu trữ"));
  await seen(page.getByText("Đã chuyển 1 thư đến Lưu trữ"));
  await listHas(page, 0);
  await folder(page, "Lưu trữ").click();
  await seen(row(page, "Kéo thư này"));
});

test("xóa vào thùng rác, rồi xóa vĩnh viễn", async () => {
  const em = await newPerson("Hồ Thị Em");
  await deliver(em.address, { subject: "Thư thừa" });
  const page = await openAs(em);
  await read(page, "Thư thừa");
  await page.getByRole("toolbar", { name: "Công cụ với thư" }).getByRole("button", { name: "Xóa" }).click();
  await listHas(page, 0);
  await folder(page, "Thùng rác").click();
  await read(page, "Thư thừa");
  page.once("dialog", (dialog) => void dialog.accept());
  await page.getByRole("toolbar", { name: "Công cụ với thư" }).getByRole("button", { name: "Xóa" }).click();
  await seen(page.getByText("Đã xóa vĩnh viễn 1 thư"));
  await listHas(page, 0);
});

test("báo thư rác và báo không phải thư rác", async () => {
  const giang = await newPerson("Đỗ Giang");
  await deliver(giang.address, { subject: "Trúng thưởng lớn" });
  const page = await openAs(giang);
  await read(page, "Trúng thưởng lớn");
  await page.getByRole("toolbar", { name: "Công cụ với thư" }).getByRole("button", { name: "Báo thư rác" }).click();
  await seen(page.getByText("Đã báo 1 thư rác"));
  await folder(page, "Thư rác").click();
  await read(page, "Trúng thưởng lớn");
  await page.getByRole("toolbar", { name: "Công cụ với thư" }).getByRole("button", { name: "Không phải thư rác" }).click();
  await seen(page.getByText("Đã chuyển 1 thư về Hộp thư đến"));
  await folder(page, "Hộp thư đến").click();
  await seen(row(page, "Trúng thưởng lớn"));
});

test("hình ảnh từ bên ngoài chỉ hiện khi được yêu cầu", async () => {
  const ha = await newPerson("Vũ Hà");
  await deliver(ha.address, { subject: "Bản tin", html: `<p>Chào chị</p><img src="https://anh.invalid/pixel.png" width="5" height="5"><script>document.title = "chạy"</script>` });
  const page = await openAs(ha);
  const asked: string[] = [];
  page.on("request", (request) => request.url().includes("anh.invalid") && asked.push(request.url()));
  await read(page, "Bản tin");
  await seen(messageText(page).getByText("Chào chị"));
  await seen(page.getByText("Hình ảnh từ bên ngoài đã bị chặn để bảo vệ bạn."));
  expect(asked).toEqual([]);
  await button(page, "Hiện hình ảnh").click();
  await expect.poll(() => asked.length).toBeGreaterThan(0);
});

test("danh sách dài chỉ vẽ phần đang xem", async () => {
  const khoa = await newPerson("Ngô Khoa");
  for (let n = 1; n <= 70; n++) await deliver(khoa.address, { subject: `Công văn thứ ${n}.` });
  const page = await openAs(khoa);
  await seen(row(page, "Công văn thứ 70."));
  expect(await rows(page).count()).toBeLessThan(40);
  await page.locator(".list-scroll").hover();
  await page.locator(".list-scroll").evaluate((list) => list.scrollTo(0, list.scrollHeight));
  await seen(row(page, "Công văn thứ 1."));
});
