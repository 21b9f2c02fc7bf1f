import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const words = "báo cáo kết quả thực hiện nhiệm vụ công tác quý đề nghị phê duyệt kế hoạch văn bản triển khai chuyển đổi số tỉnh huyện sở ban ngành hướng dẫn tổng hợp số liệu gửi trước ngày".split(" ");

/** The same mail for both: an INBOX and a folder "Archive", as Maildirs of plain, HTML and attached messages, the number of each in its subject. */
export function writeMail(folder, messages) {
  let seed = 7;
  const random = (below) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
  const text = (count) => Array.from({ length: count }, () => words[random(words.length)]).join(" ");
  const word = (line) => line.match(/.{1,20}/gu).map((piece) => `=?utf-8?B?${Buffer.from(piece).toString("base64")}?=`).join("\r\n ");
  const write = (where, count, prefix) => {
    for (const part of ["cur", "new", "tmp"]) mkdirSync(join(where, part), { recursive: true });
    const start = Date.UTC(2025, 0, 1);
    for (let n = 1; n <= count; n++) {
      const date = new Date(start + n * 1_500_000);
      const subject = `${prefix}${String(n).padStart(6, "0")} ${text(3 + random(8))}`;
      const body = text(40 + random(400));
      const head = `From: ${word(`Nguyễn Văn ${String.fromCharCode(65 + random(26))}`)} <nguoi${random(200)}@example.org>\r\nTo: <an@example.test>\r\nSubject: ${word(subject)}\r\nDate: ${date.toUTCString().replace("GMT", "+0000")}\r\nMessage-ID: <${prefix}${n}@example.org>\r\nMIME-Version: 1.0\r\n`;
      const encoded = (value) => Buffer.from(value).toString("base64").replace(/(.{76})/g, "$1\r\n");
      const html = `<html><body><h2>${subject}</h2><table border=1><tr><td>${text(10)}</td><td>${text(10)}</td></tr></table><p>${body}</p></body></html>`;
      const part = (type, value, more = "") => `Content-Type: ${type}\r\nContent-Transfer-Encoding: base64\r\n${more}\r\n${encoded(value)}\r\n`;
      const message =
        n % 3 === 0 ? head + part("text/html; charset=utf-8", html)
        : n % 10 === 1 ? `${head}Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n${part("text/plain; charset=utf-8", body)}--b${n}\r\n${part("application/pdf; name=van-ban.pdf", text(2000), "Content-Disposition: attachment; filename=van-ban.pdf\r\n")}--b${n}--\r\n`
        : head + part("text/plain; charset=utf-8", body);
      writeFileSync(join(where, "cur", `${Math.floor(date / 1000)}.M${n}.bench:2,${n % 4 ? "S" : ""}`), message);
    }
  };
  write(join(folder, "Maildir"), messages, "HS");
  write(join(folder, "Maildir/.Archive"), Math.ceil(messages / 10), "LT");
  return { inbox: join(folder, "Maildir"), archive: join(folder, "Maildir/.Archive"), messages, archived: Math.ceil(messages / 10) };
}
