import type { JmapClient } from "../../jmap/client";
import { upload } from "../../jmap/upload";
import type { Id, SetResult } from "../../jmap/types";
import { encrypt, sign, type OwnKey } from "./cms";
import { others, ownKeys } from "./keys";
import { bytesOf, latin1, toBase64 } from "./mime";

export interface Protection {
  sign: boolean;
  encrypt: boolean;
}

/** Somebody to whom mail cannot be encrypted. */
export class NoCertificateError extends Error {
  constructor(readonly addresses: string[]) {
    super(addresses.join(", "));
    this.name = "NoCertificateError";
  }
}

/** The keys with which a message can be protected, before anything is sent. */
export async function keysFor(login: string, from: string, to: string[], wish: Protection): Promise<{ own: OwnKey; recipients: ArrayBuffer[] }> {
  const own = (await ownKeys(login)).find((key) => key.email === from.toLowerCase());
  if (!own) throw new NoCertificateError([from]);
  if (!wish.encrypt) return { own, recipients: [] };
  const known = new Map((await others(login)).filter((one) => one.until > new Date()).map((one) => [one.email, one.certificate]));
  for (const key of await ownKeys(login)) known.set(key.email, key.certificate);
  const missing = to.filter((address) => !known.has(address.toLowerCase()));
  if (missing.length > 0) throw new NoCertificateError(missing);
  return { own, recipients: [...to.flatMap((address) => known.get(address.toLowerCase()) ?? []), own.certificate] };
}

/**
 * Makes the message on the server as any other, takes what it says (its Content fields and body, RFC 8551 §3.1) here, signs and encrypts that, and puts the result in the
 * first one's place. Returns the message to send.
 */
export async function protect(client: JmapClient, accountId: Id, email: Record<string, unknown>, keys: { own: OwnKey; recipients: ArrayBuffer[] }, wish: Protection): Promise<Id> {
  const made = await client.call<SetResult<{ id: Id; blobId: Id }>>("Email/set", { accountId, create: { message: email } });
  const plain = made.created?.["message"];
  if (!plain) throw new Error(made.notCreated?.["message"]?.type ?? "notCreated");
  const response = await fetch(client.downloadUrl(accountId, plain.blobId, "thu.eml", "message/rfc822"));
  if (!response.ok) throw new Error(`http${response.status}`);
  const raw = await protectBytes(new Uint8Array(await response.arrayBuffer()), keys, wish);
  const { blobId } = await upload(client, accountId, new Blob([new Uint8Array(raw)], { type: "message/rfc822" }), () => undefined, new AbortController().signal);
  const imported = await client.call<SetResult<{ id: Id }>>("Email/import", { accountId, emails: { message: { blobId, mailboxIds: email["mailboxIds"], keywords: email["keywords"] } } });
  const id = imported.created?.["message"]?.id;
  if (!id) throw new Error(imported.notCreated?.["message"]?.type ?? "notCreated");
  await client.call("Email/set", { accountId, destroy: [plain.id] });
  return id;
}

/** A message with its content signed, encrypted, or both. */
export async function protectBytes(message: Uint8Array, keys: { own: OwnKey; recipients: ArrayBuffer[] }, wish: Protection): Promise<Uint8Array> {
  const text = latin1(message);
  const end = text.indexOf("\r\n\r\n");
  const fields = text.slice(0, end + 2).match(/[^\r\n][^\r\n]*(?:\r\n[ \t][^\r\n]*)*\r\n/g) ?? [];
  const isContent = (field: string) => /^content-/i.test(field);
  const outer = fields.filter((field) => !isContent(field)).join("");
  let inner = `${fields.filter(isContent).join("") || "Content-Type: text/plain\r\n"}\r\n${text.slice(end + 4)}`;
  if (wish.sign) {
    const boundary = `congvu-${crypto.randomUUID()}`;
    const signature = await sign(bytesOf(inner), keys.own);
    inner =
      `Content-Type: multipart/signed; protocol="application/pkcs7-signature";\r\n micalg=sha-256; boundary="${boundary}"\r\n\r\n--${boundary}\r\n${inner}\r\n--${boundary}\r\n` +
      `Content-Type: application/pkcs7-signature; name="smime.p7s"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="smime.p7s"\r\n\r\n${toBase64(signature).trim()}\r\n--${boundary}--\r\n`;
  }
  if (wish.encrypt)
    inner =
      `Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="smime.p7m"\r\n\r\n` +
      `${toBase64(await encrypt(bytesOf(inner), keys.recipients)).trim()}\r\n`;
  return bytesOf(outer + inner);
}
