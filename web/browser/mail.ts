import { connect } from "node:net";
import { createInterface } from "node:readline";
import { world } from "./people";

export interface Letter {
  from?: string;
  name?: string;
  subject: string;
  text?: string;
  html?: string;
  files?: { name: string; type: string; bytes: Uint8Array }[];
  id?: string;
  answers?: string;
  cc?: string[];
}

let number = 0;

/** Brings a message to the server as another server does (SMTP, port for others); it is there when this returns. */
export async function deliver(to: string, letter: Letter): Promise<string> {
  const from = letter.from ?? "lan.tran@example.com";
  const id = letter.id ?? `<${++number}.${process.pid}@example.com>`;
  const socket = connect(world.smtp, "127.0.0.1");
  const lines = createInterface(socket)[Symbol.asyncIterator]();
  const expectReply = async (code: string) => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error("The server hung up.");
      if (!value.startsWith(code)) throw new Error(`Expected ${code}: ${value}`);
      if (value[3] !== "-") return;
    }
  };
  await expectReply("220");
  for (const [line, code] of [["EHLO test.example.com", "250"], [`MAIL FROM:<${from}>`, "250"], [`RCPT TO:<${to}>`, "250"], ["DATA", "354"]] as [string, string][]) {
    socket.write(`${line}\r\n`);
    await expectReply(code);
  }
  socket.write(`${compose(to, from, id, letter)}\r\n.\r\n`);
  await expectReply("250");
  socket.end("QUIT\r\n");
  return id;
}

function compose(to: string, from: string, id: string, letter: Letter): string {
  const head = [
    `From: ${word(letter.name ?? "Trần Thị Lan")} <${from}>`,
    `To: <${to}>`,
    ...(letter.cc?.length ? [`Cc: ${letter.cc.map((one) => `<${one}>`).join(", ")}`] : []),
    `Subject: ${word(letter.subject)}`,
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: ${id}`,
    ...(letter.answers ? [`In-Reply-To: ${letter.answers}`, `References: ${letter.answers}`] : []),
    "MIME-Version: 1.0",
  ];
  const body = part(letter.html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8", new TextEncoder().encode(letter.html ?? letter.text ?? ""));
  if (!letter.files?.length) return [...head, body].join("\r\n");
  const files = letter.files.map((f) => `--ranh-gioi\r\n${part(f.type, f.bytes, `Content-Disposition: attachment; filename*=utf-8''${encodeURIComponent(f.name)}`)}`);
  return [...head, "Content-Type: multipart/mixed; boundary=ranh-gioi", "", `--ranh-gioi\r\n${body}`, ...files, "--ranh-gioi--", ""].join("\r\n");
}

const part = (type: string, bytes: Uint8Array, ...more: string[]) =>
  [`Content-Type: ${type}`, "Content-Transfer-Encoding: base64", ...more, "", Buffer.from(bytes).toString("base64").replace(/(.{76})/g, "$1\r\n")].join("\r\n");

// RFC 2047 words of at most 75 characters.
function word(text: string): string {
  const words: string[] = [];
  let now = "";
  for (const letter of text) {
    if (Buffer.byteLength(now + letter) > 40) {
      words.push(now);
      now = "";
    }
    now += letter;
  }
  return [...words, now].map((w) => `=?utf-8?B?${Buffer.from(w).toString("base64")}?=`).join("\r\n ");
}
