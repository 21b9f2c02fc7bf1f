import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { deliver } from "./mail";
import { button, composer, folder, gone, listHas, messageText, openAs, read, row, seen, write } from "./page";
import { clerk, department, newPerson, officer } from "./people";

const picture = readFileSync(join(import.meta.dirname, "picture.png"));
const atOnce = { undoSeconds: 0 };

test("trả lời một thư, người nhận đọc được", async () => {
  const [an, binh] = [await newPerson("Nguyễn Văn An", atOnce), await newPerson("Trần Bình")];
  await deliver(an.address, { from: binh.address, name: binh.name, subject: "Hỏi lịch họp", text: "Mấy giờ họp ạ?" });
  const page = await openAs(an);
  await read(page, "Hỏi lịch họp");
  await button(page.locator(".reader-answers"), "Trả lời").click();
  const form = await write(page, { text: "Tám giờ sáng mai." });
  expect(await form.getByRole("textbox", { name: "Tiêu đề" }).inputValue()).toBe("Re: Hỏi lịch họp");
  await button(form, "Gửi").click();
  await gone(composer(page));
  await seen(row(page, "Hỏi lịch họp").getByLabel("Đã trả lời"));

  const theirs = await openAs(binh);
  await read(theirs, "Re: Hỏi lịch họp");
  await seen(messageText(theirs).getByText("Tám giờ sáng mai."));
  await seen(messageText(theirs).getByText("Mấy giờ họp ạ?"));
});

test("trả lời tất cả và chuyển tiếp kèm tệp", async () => {
  const an = await newPerson("Nguyễn Văn An", atOnce);
  await deliver(an.address, { subject: "Gửi biểu mẫu", from: "mai@example.com", name: "Mai", cc: ["hung@example.com"], text: "Kèm biểu mẫu.", files: [{ name: "Biểu mẫu.txt", type: "text/plain", bytes: Buffer.from("mẫu") }] });
  const page = await openAs(an);
  await read(page, "Gửi biểu mẫu");
  await button(page.locator(".reader-answers"), "Trả lời tất cả").click();
  await seen(composer(page).getByRole("button", { name: "Bỏ hung" }));
  await button(composer(page), "Bỏ thư nháp").click();
  await button(page.locator(".reader-answers"), "Chuyển tiếp").click();
  await seen(composer(page).getByText("Biểu mẫu.txt"));
  expect(await composer(page).getByRole("textbox", { name: "Tiêu đề" }).inputValue()).toBe("Fwd: Gửi biểu mẫu");
});

test("soạn thư với tệp thả vào và hình dán vào", async () => {
  const [an, binh] = [await newPerson("Nguyễn Văn An", atOnce), await newPerson("Trần Bình")];
  const page = await openAs(an);
  await button(page, "Soạn thư").click();
  const form = await write(page, { to: binh.address, subject: "Báo cáo và sơ đồ", text: "Gửi anh báo cáo." });
  await form.getByRole("textbox", { name: "Tiêu đề" }).evaluate((target) => {
    const data = new DataTransfer();
    data.items.add(new File(["Nội dung báo cáo"], "Báo cáo quý.txt", { type: "text/plain" }));
    for (const type of ["dragover", "drop"]) target.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
  });
  await seen(form.getByRole("list", { name: "Tệp đính kèm" }).getByText("Báo cáo quý.txt"));
  await form.getByRole("textbox", { name: "Nội dung thư" }).evaluate(
    (target, base64) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], "so-do.png", { type: "image/png" }));
      target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    },
    picture.toString("base64"),
  );
  await seen(form.getByRole("textbox", { name: "Nội dung thư" }).locator("img:not(.ProseMirror-separator)"));
  await seen(form.getByText("Đã lưu nháp"));
  await button(form, "Gửi").click();
  await gone(form);

  const theirs = await openAs(binh);
  await read(theirs, "Báo cáo và sơ đồ");
  await seen(theirs.getByRole("region", { name: "Tệp đính kèm" }).getByText("Báo cáo quý.txt"));
  const shown = messageText(theirs).locator("img");
  await seen(shown);
  await expect.poll(() => shown.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0);
});

test("tệp quá 30 MB không được đính kèm", async () => {
  const page = await openAs(await newPerson("Nguyễn Văn An"));
  await button(page, "Soạn thư").click();
  await write(page, {});
  await composer(page).getByRole("textbox", { name: "Tiêu đề" }).evaluate((target) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array((30 << 20) + 1)], "qua-lon.bin"));
    for (const type of ["dragover", "drop"]) target.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
  });
  await seen(composer(page).getByText("Tổng dung lượng tệp đính kèm vượt quá 30 MB."));
});

test("hoàn tác khi vừa gửi", async () => {
  const [an, binh] = [await newPerson("Nguyễn Văn An", { undoSeconds: 30 }), await newPerson("Trần Bình")];
  const page = await openAs(an);
  await button(page, "Soạn thư").click();
  const form = await write(page, { to: binh.address, subject: "Gửi nhầm", text: "Chưa xong" });
  await button(form, "Gửi").click();
  await gone(form);
  await seen(page.getByText("Đã gửi thư"));
  await button(page, "Hoàn tác").click();
  await seen(composer(page));
  expect(await composer(page).getByRole("textbox", { name: "Tiêu đề" }).inputValue()).toBe("Gửi nhầm");
  await button(composer(page), "Lưu và đóng").click();
  await folder(page, "Thư đã gửi").click();
  await listHas(page, 0);
  await folder(page, "Thư nháp").click();
  await seen(row(page, "Gửi nhầm"));
  const theirs = await openAs(binh);
  await seen(theirs.getByText("Không có thư nào trong thư mục này."));
});

test("hẹn giờ gửi", async () => {
  const [an, binh] = [await newPerson("Nguyễn Văn An"), await newPerson("Trần Bình")];
  const page = await openAs(an);
  await button(page, "Soạn thư").click();
  const form = await write(page, { to: binh.address, subject: "Gửi sau", text: "Thư này đi sau." });
  await button(form, "Tùy chọn gửi").click();
  await page.getByRole("menuitem", { name: "Hẹn giờ gửi" }).click();
  const when = new Date(Date.now() + 7 * 3_600_000 + 2 * 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel("Chọn ngày, giờ khác").fill(`${when}T08:15`);
  await page.getByRole("dialog", { name: "Hẹn giờ gửi" }).getByRole("button", { name: "Hẹn giờ gửi" }).click();
  await seen(page.getByText(`Thư sẽ được gửi lúc ${when.split("-").reverse().join("/")} 08:15`));
  const theirs = await openAs(binh);
  await seen(theirs.getByText("Không có thư nào trong thư mục này."));
});

test("gợi ý người nhận, gõ không dấu", async () => {
  const page = await openAs(await newPerson("Nguyễn Văn An"));
  await button(page, "Soạn thư").click();
  await composer(page).getByRole("textbox", { name: "Đến" }).pressSequentially("thi thu ha");
  const option = page.getByRole("option", { name: new RegExp(clerk.name) });
  await seen(option);
  await page.keyboard.press("Enter");
  await seen(composer(page).getByRole("button", { name: `Bỏ ${clerk.name}` }));
});

test("gửi với danh nghĩa hộp thư cơ quan", async () => {
  const binh = await newPerson("Trần Bình");
  const page = await openAs(officer);
  await button(page, "Soạn thư").click();
  const form = await write(page, { to: binh.address, subject: "Thông báo của Sở", text: "Sở thông báo." });
  await form.getByRole("combobox", { name: "Từ" }).selectOption({ label: `${department.name} <${department.address}>` });
  await seen(form.getByText("Đã lưu nháp"));
  await button(form, "Gửi").click();
  await gone(form);
  await seen(page.getByText("Đã gửi thư"));

  const theirs = await openAs(binh);
  await read(theirs, "Thông báo của Sở");
  await seen(theirs.getByRole("article", { name: `Thư của ${department.name}` }));
  const shared = page.getByRole("region", { name: department.name });
  await shared.getByRole("link", { name: "Thư đã gửi" }).click();
  await seen(row(page, "Thông báo của Sở"));
});

test("mẫu thư: lưu rồi dùng lại", async () => {
  const page = await openAs(await newPerson("Nguyễn Văn An"));
  await button(page, "Soạn thư").click();
  const form = await write(page, { text: "Kính gửi quý cơ quan, đề nghị cử cán bộ dự họp." });
  await button(form, "Mẫu thư").click();
  await page.getByRole("menuitem", { name: "Lưu nội dung này thành mẫu" }).click();
  await page.getByLabel("Tên mẫu thư").fill("Mời họp");
  await page.keyboard.press("Enter");
  await gone(page.getByLabel("Tên mẫu thư"));
  await button(form, "Bỏ thư nháp").click();
  await gone(form);
  await button(page, "Soạn thư").click();
  await button(await write(page, {}), "Mẫu thư").click();
  await page.getByRole("menuitem", { name: "Mời họp" }).click();
  await seen(composer(page).getByRole("textbox", { name: "Nội dung thư" }).getByText("đề nghị cử cán bộ dự họp"));
});

test("chữ ký: chữ ký thường dùng có sẵn trong thư mới, chọn được chữ ký khác", async () => {
  const an = await newPerson("Nguyễn Văn An", { signatures: [{ id: "1", name: "Ngắn gọn", html: "<p>An, Văn phòng</p>" }] });
  const page = await openAs(an, "/settings/signatures");
  await page.getByRole("textbox", { name: new RegExp(an.address) }).click();
  await page.keyboard.insertText("Chuyên viên Nguyễn Văn An");
  await button(page, "Lưu").first().click();
  await seen(page.getByText("Đã lưu"));
  await button(page, "Soạn thư").click();
  const text = composer(page).getByRole("textbox", { name: "Nội dung thư" });
  await seen(text.getByText("Chuyên viên Nguyễn Văn An"));
  await button(composer(page), "Chữ ký").click();
  await page.getByRole("menuitem", { name: "Ngắn gọn" }).click();
  await seen(text.getByText("An, Văn phòng"));
  await gone(text.getByText("Chuyên viên Nguyễn Văn An"));
});
