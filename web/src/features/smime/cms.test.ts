import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decrypt, encrypt, readKeyFile, readPem, sign, verify, type OwnKey } from "./cms";
import { protectBytes } from "./write";
import { decodeBody, leaves, parseMime, toBase64 } from "./mime";

// Both directions with another program: what OpenSSL makes is read here, and what is made here OpenSSL reads.
const folder = mkdtempSync(join(tmpdir(), "congvu-smime-"));
const at = (name: string) => join(folder, name);
const openssl = (...words: string[]) => execFileSync("openssl", words, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
const text = "Content-Type: text/plain; charset=utf-8\r\n\r\nKính gửi anh, xin gửi báo cáo.\r\n";
const bytes = new TextEncoder().encode(text);
const address = "an@example.vn";
let own: OwnKey;
let authorities: ArrayBuffer[];

beforeAll(async () => {
  openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=Co quan chung thuc", "-keyout", "ca.key", "-out", "ca.pem");
  for (const [name, key] of [["an", "rsa:2048"], ["binh", "rsa:3072"]] as const) {
    openssl("req", "-newkey", key, "-nodes", "-subj", `/CN=Nguyen Van ${name}`, "-keyout", `${name}.key`, "-out", `${name}.csr`);
    writeFileSync(at(`${name}.ext`), `subjectAltName=email:${name}@example.vn\nkeyUsage=digitalSignature,keyEncipherment\nextendedKeyUsage=emailProtection\n`);
    openssl("x509", "-req", "-in", `${name}.csr`, "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "20", "-extfile", `${name}.ext`, "-out", `${name}.pem`);
  }
  openssl("pkcs12", "-export", "-inkey", "an.key", "-in", "an.pem", "-certfile", "ca.pem", "-passout", "pass:Mat-khau-1", "-out", "an.p12");
  writeFileSync(at("message.txt"), text);
  own = await readKeyFile(new Uint8Array(readFileSync(at("an.p12"))).buffer, "Mat-khau-1");
  authorities = readPem(readFileSync(at("ca.pem"), "utf8"));
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function signedByOpenssl(...more: string[]) {
  openssl("smime", "-sign", "-in", "message.txt", "-signer", "an.pem", "-inkey", "an.key", "-out", "signed.eml", ...more);
  const message = parseMime(new Uint8Array(readFileSync(at("signed.eml"))));
  const [content, signature] = message.parts;
  return { content: content?.raw ?? null, signature: decodeBody(signature ?? message) };
}

test("chữ ký của chương trình khác được đọc đúng", async () => {
  const { content, signature } = signedByOpenssl();
  const result = await verify(signature, content, address, authorities);
  expect(result.doubts).toEqual([]);
  expect([result.signer?.name, result.signer?.emails, result.chain.map((c) => c.name)]).toEqual(["Nguyen Van an", [address], ["Nguyen Van an", "Co quan chung thuc"]]);
  expect((await verify(signature, content, "binh@example.vn", authorities)).doubts).toEqual(["otherSender"]);
  expect((await verify(signature, content, address, [])).doubts).toEqual(["untrusted"]);
  expect((await verify(signature, content, address, readPem(readFileSync(at("binh.pem"), "utf8")))).doubts).toEqual(["untrusted"]);
  const changed = new Uint8Array(content ?? []);
  changed[changed.length - 4] = (changed[changed.length - 4] ?? 0) ^ 1;
  expect((await verify(signature, changed, address, authorities)).doubts).toEqual(["changed"]);
  const forged = new Uint8Array(signature);
  forged[forged.length - 5] = (forged[forged.length - 5] ?? 0) ^ 1;
  expect((await verify(forged, content, address, authorities)).doubts).toEqual(["broken"]);
});

test("chữ ký có nội dung ở trong, và chữ ký băm yếu", async () => {
  openssl("smime", "-sign", "-nodetach", "-in", "message.txt", "-signer", "an.pem", "-inkey", "an.key", "-out", "opaque.eml");
  const opaque = await verify(decodeBody(parseMime(new Uint8Array(readFileSync(at("opaque.eml"))))), null, address, authorities);
  expect([opaque.doubts, new TextDecoder().decode(opaque.content ?? new Uint8Array())]).toEqual([[], text]);
  const weak = signedByOpenssl("-md", "sha1");
  expect((await verify(weak.signature, weak.content, address, authorities)).doubts).toEqual(["weak"]);
});

test("chứng thư hết hạn trước khi ký", async () => {
  openssl("x509", "-req", "-in", "an.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "1", "-extfile", "an.ext", "-out", "short.pem");
  openssl("smime", "-sign", "-in", "message.txt", "-signer", "short.pem", "-inkey", "an.key", "-noattr", "-out", "short.eml");
  const message = parseMime(new Uint8Array(readFileSync(at("short.eml"))));
  const later = new Date(Date.now() + 5 * 86_400_000);
  expect((await verify(decodeBody(message.parts[1] ?? message), message.parts[0]?.raw ?? null, address, authorities, later)).doubts).toEqual(["expired"]);
});

test("chương trình khác kiểm tra được chữ ký của ta", async () => {
  const signature = await sign(bytes, own);
  expect((await verify(signature, bytes, address, authorities)).doubts).toEqual([]);
  writeFileSync(at("ours.p7s"), signature);
  writeFileSync(at("ours.txt"), text);
  expect(openssl("cms", "-verify", "-inform", "DER", "-in", "ours.p7s", "-content", "ours.txt", "-CAfile", "ca.pem", "-binary").toString()).toBe(text);
  const eml = `Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary=b\r\n\r\n--b\r\n${text}\r\n--b\r\nContent-Type: application/pkcs7-signature\r\nContent-Transfer-Encoding: base64\r\n\r\n${toBase64(signature)}\r\n--b--\r\n`;
  writeFileSync(at("ours.eml"), eml);
  expect(openssl("smime", "-verify", "-in", "ours.eml", "-CAfile", "ca.pem").toString()).toContain("xin gửi báo cáo");
});

test("một thư được ký rồi mã hóa mà chương trình khác đọc được", async () => {
  const made = new TextEncoder().encode(`From: <${address}>\r\nTo: <binh@example.vn>\r\nSubject: =?utf-8?B?QsOhbyBjw6Fv?=\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${toBase64(new TextEncoder().encode("Xin chào"))}\r\n`);
  const [forBinh = new ArrayBuffer()] = readPem(readFileSync(at("binh.pem"), "utf8"));
  const raw = await protectBytes(made, { own, recipients: [forBinh] }, { sign: true, encrypt: true });
  writeFileSync(at("both.eml"), raw);
  expect(new TextDecoder().decode(raw)).toMatch(/^From: .*\r\nTo: .*\r\nSubject: .*\r\nMIME-Version: 1\.0\r\nContent-Type: application\/pkcs7-mime/);
  openssl("cms", "-decrypt", "-in", "both.eml", "-recip", "binh.pem", "-inkey", "binh.key", "-out", "inner.eml");
  expect(openssl("cms", "-verify", "-in", "inner.eml", "-CAfile", "ca.pem").toString()).toContain(Buffer.from("Xin chào").toString("base64"));
  const signed = parseMime(new Uint8Array(readFileSync(at("inner.eml"))));
  expect((await verify(decodeBody(signed.parts[1] ?? signed), signed.parts[0]?.raw ?? null, address, authorities)).doubts).toEqual([]);
});

test.each(["aes-256-cbc", "aes-128-cbc"])("thư mã hóa bằng %s đọc được, và ngược lại", async (cipher) => {
  openssl("smime", "-encrypt", `-${cipher}`, "-in", "message.txt", "-out", "secret.eml", "binh.pem", "an.pem");
  const secret = decodeBody(parseMime(new Uint8Array(readFileSync(at("secret.eml")))));
  expect(new TextDecoder().decode((await decrypt(secret, [own])) ?? new Uint8Array())).toBe(text);
  expect(await decrypt(secret, [])).toBeNull();

  const [forBinh = new ArrayBuffer()] = readPem(readFileSync(at("binh.pem"), "utf8"));
  writeFileSync(at("ours.p7m"), await encrypt(bytes, [forBinh, own.certificate]));
  for (const name of ["an", "binh"]) expect(openssl("cms", "-decrypt", "-inform", "DER", "-in", "ours.p7m", "-recip", `${name}.pem`, "-inkey", `${name}.key`).toString()).toBe(text);
});

test("tệp chứng thư: sai mật khẩu, sai tệp, khóa không lấy ra được", async () => {
  const file = new Uint8Array(readFileSync(at("an.p12"))).buffer;
  await expect(readKeyFile(file, "sai")).rejects.toMatchObject({ reason: "password" });
  await expect(readKeyFile(new Uint8Array([1, 2, 3]).buffer, "x")).rejects.toMatchObject({ reason: "unreadable" });
  expect(own.sign.extractable).toBe(false);
  expect(own.chain).toHaveLength(1);
});

test("phần của thư được tách đúng", () => {
  const message = parseMime(new TextEncoder().encode('Content-Type: multipart/mixed; boundary="a b"\r\n\r\nbỏ qua\r\n--a b\r\nContent-Type: text/plain\r\n\r\nmột\r\n--a b\r\n\r\nhai\r\n--a b--\r\nhết'));
  expect(leaves(message).map((part) => new TextDecoder().decode(part.raw))).toEqual(["Content-Type: text/plain\r\n\r\nmột", "\r\nhai"]);
});
