import { readFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { deliver } from "./mail";
import { button, openAs, read, seen } from "./page";
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

// One page with one line of text.
function pdf(text: string): Uint8Array {
  const stream = `BT /F1 24 Tf 72 720 Td (${text}) Tj ET`;
  const objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>", `<</Length ${stream.length}>>stream\n${stream}\nendstream`, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"];
  let document = "%PDF-1.4\n";
  const places = objects.map((object, n) => {
    const place = document.length;
    document += `${n + 1} 0 obj${object}endobj\n`;
    return place;
  });
  const table = document.length;
  document += `xref\n0 6\n0000000000 65535 f \n${places.map((p) => `${String(p).padStart(10, "0")} 00000 n \n`).join("")}trailer<</Size 6/Root 1 0 R>>\nstartxref\n${table}\n%%EOF`;
  return Buffer.from(document, "latin1");
}
