import { readFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { deliver } from "./mail";
import { button, openAs, read, seen } from "./page";
import { pdf } from "./pdf";
import { newPerson, type Person } from "./people";

const picture = readFileSync(join(import.meta.dirname, "picture.png"));
const file = async (page: Awaited<ReturnType<typeof openAs>>, act: () => Promise<void>) => {
  const [download] = await Promise.all([page.waitForEvent("download"), act()]);
  return { name: download.suggestedFilename(), bytes: Buffer.concat(await (await download.createReadStream()).toArray() as Buffer[]) };
};

async function withFiles(): Promise<[Person, Awaited<ReturnType<typeof openAs>>]> {
  const an = await newPerson("Nguyễn Văn An");
  await deliver(an.address, {
    subject: "Tài liệu họp",
    text: "Gửi anh tài liệu.",
    files: [
      { name: "Ảnh hội trường.png", type: "image/png", bytes: picture },
      { name: "Ghi chú.txt", type: "text/plain; charset=utf-8", bytes: Buffer.from("Ghi chú cuộc họp: đúng giờ.") },
      { name: "Giấy mời.pdf", type: "application/pdf", bytes: pdf("Giay moi hop") },
    ],
  });
  const page = await openAs(an);
  await read(page, "Tài liệu họp");
  return [an, page];
}

test("xem trước ảnh, văn bản và PDF", async () => {
  const [, page] = await withFiles();
  const close = async () => {
    await button(page.getByRole("dialog"), "Đóng").click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
  };
  await button(page, /^Xem trước Ảnh hội trường\.png/).click();
  await expect.poll(() => page.getByRole("dialog").locator("img").evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(64);
  await close();
  await button(page, /^Xem trước Ghi chú\.txt/).click();
  await seen(page.getByRole("dialog").getByText("Ghi chú cuộc họp: đúng giờ."));
  await close();
  await button(page, /^Xem trước Giấy mời\.pdf/).click();
  await seen(page.getByRole("img", { name: "Trang 1 / 1" }));
  await close();
});

test("tải từng tệp và tải tất cả thành ZIP", async () => {
  const [, page] = await withFiles();
  const one = await file(page, () => page.getByRole("region", { name: "Tệp đính kèm" }).getByRole("button", { name: "Tải xuống Ảnh hội trường.png" }).click());
  expect(one.name).toBe("Ảnh hội trường.png");
  expect(one.bytes.equals(picture)).toBe(true);
  const all = await file(page, () => button(page, "Tải tất cả (ZIP)").click());
  expect(all.name).toBe("Tài liệu họp.zip");
  expect(Object.keys(unzipSync(all.bytes)).map((name) => name.normalize("NFC")).sort()).toEqual(["Ghi chú.txt", "Giấy mời.pdf", "Ảnh hội trường.png"].sort());
});

test("in thư, xem thư gốc, tải thư về dạng EML", async () => {
  const [, page] = await withFiles();
  const more = () => page.getByRole("article").getByRole("button", { name: /^Thao tác khác/ }).click();
  await more();
  await page.getByRole("menuitem", { name: "Xem thư gốc" }).click();
  await seen(page.getByRole("dialog", { name: "Xem thư gốc" }).getByText("Content-Type: multipart/mixed; boundary=ranh-gioi"));
  await page.keyboard.press("Escape");
  await more();
  const eml = await file(page, () => page.getByRole("menuitem", { name: "Tải thư về (EML)" }).click());
  expect(eml.name).toBe("Tài liệu họp.eml");
  expect(eml.bytes.toString("latin1")).toContain("--ranh-gioi--");

  const frame = page.frames().find((one) => one.url().includes("/frame.html"));
  await frame?.evaluate(() => {
    window.print = () => document.body.setAttribute("data-printed", "yes");
  });
  await more();
  await page.getByRole("menuitem", { name: "In" }).click();
  await expect.poll(() => frame?.evaluate(() => document.body.getAttribute("data-printed"))).toBe("yes");
});
