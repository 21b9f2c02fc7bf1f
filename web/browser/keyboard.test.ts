import { expect, test } from "vitest";
import { deliver } from "./mail";
import { composer, folder, gone, listHas, messageText, newPage, openAs, row, seen } from "./page";
import { newPerson } from "./people";

test("phím tắt: đi, chọn, gắn sao, lưu trữ, hoàn tác, trợ giúp", async () => {
  const an = await newPerson("Nguyễn Văn An");
  for (const n of ["một", "hai", "ba"]) await deliver(an.address, { subject: `Thư số ${n}` });
  const page = await openAs(an);
  await listHas(page, 3);
  await page.keyboard.press("?");
  await seen(page.getByRole("dialog", { name: "Phím tắt" }));
  await page.keyboard.press("Escape");
  await gone(page.getByRole("dialog", { name: "Phím tắt" }));

  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await seen(page.getByRole("heading", { name: "Thư số hai" }));
  await page.keyboard.press("k");
  await seen(page.getByRole("heading", { name: "Thư số ba" }));
  await page.keyboard.press("u");
  await seen(page.getByText("Chọn một thư để đọc"));
  await page.keyboard.press("s");
  await seen(row(page, "Thư số ba").getByRole("button", { pressed: true }));
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await seen(page.getByText("Đã chọn 2 thư"));
  await page.keyboard.press("e");
  await listHas(page, 1);
  await page.keyboard.press("z");
  await listHas(page, 3);
  await page.keyboard.press("Shift+U");
  await page.keyboard.press("#");
  await listHas(page, 2);
  await page.keyboard.press("g");
  await page.keyboard.press("d");
  await seen(page.getByRole("heading", { name: "Thư nháp" }));
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await seen(page.getByRole("heading", { name: "Hộp thư đến" }));
});

test("chỉ dùng bàn phím: đăng nhập, đọc, trả lời, gửi, chuyển thư, tìm thư", async () => {
  const [an, binh] = [await newPerson("Nguyễn Văn An", { undoSeconds: 0 }), await newPerson("Trần Bình")];
  await deliver(an.address, { from: binh.address, name: binh.name, subject: "Xin số liệu", text: "Cho xin số liệu quý." });
  await deliver(an.address, { subject: "Thông báo nghỉ lễ" });
  const page = await newPage();
  const keys = async (...names: string[]) => {
    for (const name of names) await page.keyboard.press(name);
  };
  await page.goto("/");
  await seen(page.getByLabel("Địa chỉ thư"));
  await tabTo(page, () => page.getByLabel("Địa chỉ thư"));
  await page.keyboard.type(an.address);
  await tabTo(page, () => page.getByLabel("Mật khẩu", { exact: true }));
  await page.keyboard.type(an.password);
  await keys("Enter");
  await listHas(page, 2);

  // Read.
  await keys("j", "Enter");
  await seen(messageText(page).getByText("Cho xin số liệu quý."));
  // Reply and send.
  await keys("r");
  await seen(composer(page).getByRole("textbox", { name: "Nội dung thư" }));
  await expect.poll(() => composer(page).getByRole("textbox", { name: "Nội dung thư" }).evaluate((box) => box.contains(document.activeElement))).toBe(true);
  await page.keyboard.type("Số liệu ở dưới.");
  await keys("Control+Enter");
  await gone(composer(page));
  await seen(page.getByText("Đã gửi thư"));
  // Move.
  await keys("v");
  await seen(page.getByRole("dialog", { name: "Chuyển đến" }).getByRole("textbox", { name: "Tên thư mục" }));
  await page.keyboard.type("luu tru");
  await keys("Enter");
  await seen(page.getByText("Đã chuyển 1 thư đến Lưu trữ"));
  await listHas(page, 1);
  // Search.
  await keys("/");
  await page.keyboard.type("xin so lieu");
  await seen(row(page, "Xin số liệu"));
  await keys("Escape");
  await seen(folder(page, "Hộp thư đến"));
  // A new message, from field to field.
  await keys("c");
  await seen(composer(page).getByRole("textbox", { name: "Đến" }));
  await tabTo(page, () => composer(page).getByRole("textbox", { name: "Đến" }));
  await page.keyboard.type(`${binh.address},`);
  await tabTo(page, () => composer(page).getByRole("textbox", { name: "Tiêu đề" }));
  await page.keyboard.type("Viết bằng bàn phím");
  await tabTo(page, () => composer(page).getByRole("textbox", { name: "Nội dung thư" }));
  await page.keyboard.type("Xong.");
  await tabTo(page, () => composer(page).getByRole("button", { name: "Gửi", exact: true }));
  await keys("Enter");
  await gone(composer(page));

  const theirs = await openAs(binh);
  await listHas(theirs, 2);
});

type PageOf = Awaited<ReturnType<typeof newPage>>;

/** Presses Tab until something has the focus, as somebody does who cannot point. */
async function tabTo(page: PageOf, target: () => ReturnType<PageOf["locator"]>): Promise<void> {
  for (let n = 0; n < 60; n++) {
    if (await target().evaluate((element) => element.contains(document.activeElement))) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("Tab does not lead there.");
}
