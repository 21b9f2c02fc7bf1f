import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { expect, test } from "vitest";
import { deliver } from "./mail";
import { button, desktop, folder, newPage, phone, rows, seen, signInContext, write } from "./page";
import { pdf } from "./pdf";
import { ApiSession, department, newAccount, officer, world, type Person } from "./people";

const pictures = process.env["PICTURES_TO"] ?? join(import.meta.dirname, "../../docs/vi/images");
const administrator = { ...world.administrator, name: "Quản trị hệ thống" };
const isPhone = (page: Page) => (page.viewportSize()?.width ?? 0) < 600;

/** One page of the guides: how one gets to it. It is taken on a desktop and on a phone, light; the mail pages dark as well. */
interface Picture {
  name: string;
  who: Person | null;
  path?: string;
  dark?: boolean;
  only?: "desktop" | "phone";
  act?: (page: Page) => Promise<void>;
}

const openFirst = async (page: Page, text: RegExp) => {
  await rows(page).filter({ hasText: text }).first().locator(".row-main").click();
  await seen(page.getByRole("article").first());
  await expect.poll(() => page.locator("iframe.message-frame").last().evaluate((frame) => frame.getBoundingClientRect().height), { timeout: 20_000 }).toBeGreaterThan(60);
};
const compose = async (page: Page) => {
  await button(page, "Soạn thư").first().click();
  return await write(page, {});
};
const letter = { to: "haptt.dakmil@daknong.gov.vn", subject: "Đôn đốc báo cáo chuyển đổi số quý III", text: "Kính gửi chị Hà,\nVăn phòng Sở đề nghị huyện gửi báo cáo trước 16 giờ 30 thứ Sáu tuần này." };

const list: Picture[] = [
  { name: "dang-nhap", who: null },
  {
    name: "doi-mat-khau-bat-buoc",
    who: null,
    act: async (page) => {
      const one = await newAccount("Hoàng Văn Nam");
      await page.getByLabel("Địa chỉ thư").fill(one.address);
      await page.getByLabel("Mật khẩu", { exact: true }).fill(one.password);
      await button(page, "Đăng nhập").click();
      await page.getByLabel("Mật khẩu hiện tại").fill(one.password);
      await page.getByLabel("Mật khẩu mới", { exact: true }).fill("Rung-Thong+26");
      await page.getByLabel("Nhập lại mật khẩu mới").fill("Rung-Thong+26");
    },
  },
  { name: "hop-thu-den", who: officer, dark: true, act: async (page) => void (await seen(rows(page).first())) },
  { name: "doc-thu", who: officer, dark: true, act: (page) => openFirst(page, /Xin ý kiến dự thảo/) },
  {
    name: "tep-dinh-kem",
    who: officer,
    act: async (page) => {
      await openFirst(page, /Tài liệu phiên họp/);
      await page.getByRole("region", { name: "Tệp đính kèm" }).last().scrollIntoViewIfNeeded();
    },
  },
  {
    name: "soan-thu",
    who: officer,
    dark: true,
    act: async (page) => {
      await compose(page);
      const form = await write(page, letter);
      await page.locator("input[type=file]").setInputFiles({ name: "Mẫu báo cáo quý III.docx", mimeType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", buffer: Buffer.alloc(48_000, 7) });
      await seen(form.getByText("Mẫu báo cáo quý III.docx"));
      await seen(form.getByText("Đã lưu nháp"));
    },
  },
  {
    name: "hen-gio-gui",
    who: officer,
    act: async (page) => {
      const form = await compose(page);
      await write(page, letter);
      await button(form, "Tùy chọn gửi").click();
      await page.getByRole("menuitem", { name: "Hẹn giờ gửi" }).click();
      await seen(page.getByRole("dialog", { name: "Hẹn giờ gửi" }));
    },
  },
  {
    name: "mau-thu",
    who: officer,
    only: "desktop",
    act: async (page) => {
      await button(await compose(page), "Mẫu thư").click();
      await seen(page.getByRole("menuitem", { name: "Mời họp giao ban" }));
    },
  },
  {
    name: "hop-thu-co-quan",
    who: officer,
    act: async (page) => {
      if (isPhone(page)) await button(page, "Thư mục").click();
      await page.getByRole("region", { name: department.name }).getByRole("link", { name: "Hộp thư đến" }).click();
      await seen(rows(page).first());
      if (isPhone(page)) return;
      const form = await compose(page);
      await write(page, { to: "dakmil@daknong.gov.vn", subject: "Mời dự hội nghị trực tuyến", text: "Kính gửi Ủy ban nhân dân huyện Đắk Mil." });
      await seen(form.getByRole("combobox", { name: "Từ" }));
    },
  },
  {
    name: "tim-thu",
    who: officer,
    dark: true,
    act: async (page) => {
      await page.getByRole("textbox", { name: "Tìm thư" }).fill("bao cao");
      await seen(page.getByRole("heading", { name: "Kết quả tìm kiếm" }));
      await seen(rows(page).first());
    },
  },
  {
    name: "thu-muc",
    who: officer,
    act: async (page) => {
      if (isPhone(page)) await button(page, "Thư mục").click();
      else await folder(page, "Báo cáo quý").hover();
      await button(page, "Tùy chọn cho thư mục Báo cáo quý").click();
      await seen(page.getByRole("menuitem", { name: "Đổi tên" }));
    },
  },
  {
    name: "chon-nhieu-thu",
    who: officer,
    act: async (page) => {
      for (const n of [0, 1, 2]) await rows(page).nth(n).getByRole("checkbox").check();
      if (!isPhone(page)) await page.getByRole("toolbar", { name: "Công cụ danh sách thư" }).getByRole("button", { name: "Chuyển đến" }).click();
    },
  },
  { name: "thu-rac", who: officer, act: async (page) => {
      if (isPhone(page)) await button(page, "Thư mục").click();
      await page.getByRole("region", { name: "Hộp thư của tôi" }).getByRole("link", { name: "Thư rác" }).click();
      await openFirst(page, /./);
    } },
  { name: "phim-tat", who: officer, only: "desktop", act: async (page) => void (await page.keyboard.press("?"), await seen(page.getByRole("dialog", { name: "Phím tắt" }))) },
  { name: "cai-dat-chung", who: officer, path: "/settings/general", dark: true },
  { name: "chu-ky", who: officer, path: "/settings/signatures" },
  { name: "tra-loi-tu-dong", who: officer, path: "/settings/vacation" },
  { name: "doi-mat-khau", who: officer, path: "/settings/password" },
  { name: "thiet-bi-dang-nhap", who: officer, path: "/settings/devices" },
  {
    name: "mat-khau-ung-dung",
    who: officer,
    path: "/settings/programs",
    act: async (page) => {
      await page.getByLabel("Dùng cho thiết bị hoặc chương trình nào").fill(isPhone(page) ? "Điện thoại" : "Outlook ở cơ quan");
      await button(page, "Tạo mật khẩu").click();
      await seen(page.getByRole("alert").filter({ hasText: "Mật khẩu ứng dụng cho" }));
    },
  },
  { name: "mau-thu-cai-dat", who: officer, path: "/settings/templates", only: "desktop" },
  {
    name: "xac-thuc-hai-buoc",
    who: officer,
    path: "/settings/security",
    act: async (page) => {
      await button(page, "Bật xác thực hai bước").click();
      await page.getByLabel("Mật khẩu hiện tại").fill(officer.password);
      await button(page, "Tiếp tục").click();
      await seen(page.getByRole("img", { name: /QR/ }));
    },
  },
  {
    name: "bao-su-co",
    who: officer,
    act: async (page) => {
      await button(page, `Tài khoản của ${officer.name}`).click();
      await page.getByRole("menuitem", { name: "Báo sự cố" }).click();
      await page.getByLabel("Nội dung sự cố").fill("Từ 8 giờ sáng nay không tải được tệp đính kèm của thư số 328.");
    },
  },
  { name: "quan-tri-hop-thu", who: administrator, path: "/admin/accounts" },
  { name: "quan-tri-hang-doi", who: administrator, path: "/admin/queue" },
  { name: "quan-tri-tinh-trang", who: administrator, path: "/admin/health" },
];

test("pictures of the guides", async () => {
  mkdirSync(pictures, { recursive: true });
  await furnish();
  const states = new Map<string, Awaited<ReturnType<BrowserContext["storageState"]>>>();
  const wanted = process.env["PICTURES"]?.split(",");
  for (const one of list.filter((p) => !wanted || wanted.includes(p.name))) {
    for (const size of [desktop, phone]) {
      if (one.only && one.only !== (size === desktop ? "desktop" : "phone")) continue;
      for (const dark of one.dark ? [false, true] : [false]) {
        // One session for each person, so that the list of devices is short.
        const state = one.who ? states.get(one.who.address) : undefined;
        const page = await newPage({ viewport: size, colorScheme: dark ? "dark" : "light", ...(state ? { storageState: state } : {}) });
        if (one.who && !state) {
          await signInContext(page.context(), one.who);
          states.set(one.who.address, await page.context().storageState());
        }
        await page.goto(one.path ?? "/");
        await seen(one.who ? page.getByRole("banner") : page.getByLabel("Địa chỉ thư"));
        await page.waitForFunction(() => document.fonts.status === "loaded");
        if (one.path) await seen(page.getByRole("main").getByRole("heading", { level: 1 }));
        await one.act?.(page);
        // Everything that was asked for is there, and nothing turns or blinks.
        await expect.poll(() => page.locator(".mantine-Loader-root, .mantine-Skeleton-root, .row-skeleton").count(), { timeout: 20_000 }).toBe(0);
        await page.screenshot({ path: join(pictures, `${one.name}${size === phone ? "-dt" : ""}${dark ? "-toi" : ""}.png`), animations: "disabled", caret: "hide" });
        await discardDrafts();
        await page.context().close();
      }
    }
  }
  execFileSync("pngquant", ["--force", "--ext", ".png", "--skip-if-larger", "--quality", "60-92", "--strip", ...readdirSync(pictures).filter((f) => f.endsWith(".png")).map((f) => join(pictures, f))]);
});

// What was written for one picture is not to be found in the next.
async function discardDrafts(): Promise<void> {
  const { ids } = await jmap<{ ids: string[] }>("Email/query", { filter: { hasKeyword: "$draft" } });
  if (ids.length > 0) await jmap("Email/set", { destroy: ids });
}

let session: ApiSession | null = null;
let accountId = "";

async function jmap<T>(name: string, args: Record<string, unknown>): Promise<T> {
  session ??= await ApiSession.begin(officer.address, officer.password);
  accountId ||= (await session.send<{ primaryAccounts: Record<string, string> }>("GET", "/jmap/session")).primaryAccounts["urn:ietf:params:jmap:mail"] ?? "";
  const using = ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail", "urn:ietf:params:jmap:submission"];
  return (await session.send<{ methodResponses: [string, T, string][] }>("POST", "/jmap/api", { using, methodCalls: [[name, { accountId, ...args }, "0"]] })).methodResponses[0]?.[1] as T;
}

/** What the sample leaves to its people: a folder with a colour, a template, a signature, and mail of this morning. */
async function furnish(): Promise<void> {
  const made = await jmap<{ created: Record<string, { id: string }> }>("Mailbox/set", { create: { a: { name: "Báo cáo quý" }, b: { name: "Hội nghị, tập huấn" } } });
  await session?.send("PATCH", "/api/preferences", {
    folderColors: { [`${accountId}/${made.created["a"]?.id}`]: "#1971c2", [`${accountId}/${made.created["b"]?.id}`]: "#2f9e44" },
    templates: [{ id: "1", name: "Mời họp giao ban", html: "<p>Kính mời đồng chí dự họp giao ban.</p>" }, { id: "2", name: "Xác nhận đã nhận văn bản", html: "<p>Văn phòng Sở đã nhận được văn bản.</p>" }],
  });
  const [identity] = (await jmap<{ list: { id: string }[] }>("Identity/get", { ids: null })).list;
  await jmap("Identity/set", { update: { [identity?.id ?? ""]: { textSignature: "Nguyễn Thị Hoa\nChuyên viên Văn phòng, Sở Thông tin và Truyền thông\nĐiện thoại: 02613 000 000" } } });
  await deliver(officer.address, { from: "haptt.dakmil@daknong.gov.vn", name: "Phạm Thị Thu Hà", subject: "Xin ý kiến dự thảo Kế hoạch tập huấn thư công vụ", text: "Chào chị Hoa,\n\nHuyện gửi Sở dự thảo Kế hoạch tập huấn sử dụng thư điện tử công vụ cho cán bộ các xã, dự kiến tổ chức trong hai ngày tại hội trường huyện.\n\nNhờ chị cho ý kiến về nội dung và báo cáo viên trước thứ Năm.\n\nTrân trọng,\nPhạm Thị Thu Hà" });
  await deliver(officer.address, {
    from: "dakmil@daknong.gov.vn",
    name: "Ủy ban nhân dân huyện Đắk Mil",
    subject: "Tài liệu phiên họp ngày thứ Sáu",
    text: "Kính gửi Quý Sở,\n\nỦy ban nhân dân huyện gửi tài liệu phiên họp kèm theo.\n\nTrân trọng.",
    files: [
      { name: "Giấy mời số 45-GM-UBND.pdf", type: "application/pdf", bytes: pdf("Giay moi") },
      { name: "Báo cáo tiến độ.docx", type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", bytes: Buffer.alloc(21_400, 7) },
      { name: "Danh sách đại biểu.xlsx", type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes: Buffer.alloc(9_800, 7) },
    ],
  });
  await deliver(officer.address, { from: "kinhdoanh@thietbiso.example.com", name: "Công ty TNHH Thiết bị số Tây Nguyên", subject: "Báo giá bổ sung máy quét văn bản", text: "Kính gửi Quý Sở,\n\nChúng tôi gửi báo giá bổ sung theo yêu cầu." });
}
