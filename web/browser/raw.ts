import { connect } from "node:net";
import { createInterface } from "node:readline";
import { world } from "./people";

/** Brings a message byte for byte, as another server does (RFC 5321 §4.5.2); `<AI>` stands for the one it is for. */
export async function deliverRaw(to: string, message: Buffer, from = "la@example.com"): Promise<void> {
  const socket = connect(world.smtp, "127.0.0.1");
  const lines = createInterface(socket)[Symbol.asyncIterator]();
  const reply = async (code: string) => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done || !value.startsWith(code)) throw new Error(`Expected ${code}: ${value}`);
      if (value[3] !== "-") return;
    }
  };
  await reply("220");
  for (const [line, code] of [["EHLO la.example.com", "250"], [`MAIL FROM:<${from}> BODY=8BITMIME`, "250"], [`RCPT TO:<${to}>`, "250"], ["DATA", "354"]] as const) {
    socket.write(`${line}\r\n`);
    await reply(code);
  }
  const text = message.toString("latin1").replaceAll("<AI>", `<${to}>`).replace(/\r?\n/g, "\r\n").replace(/^\./gm, "..");
  socket.write(Buffer.from(`${text}\r\n.\r\n`, "latin1"));
  await reply("250");
  socket.end("QUIT\r\n");
}
