import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import { rsaDecrypt, rsaEncrypt } from "./rsa";

pkijs.setEngine("congvu", new pkijs.CryptoEngine({ name: "congvu", crypto }));

const oid = { data: "1.2.840.113549.1.7.1", contentType: "1.2.840.113549.1.9.3", digest: "1.2.840.113549.1.9.4", signingTime: "1.2.840.113549.1.9.5", rsa: "1.2.840.113549.1.1.1", rsaPss: "1.2.840.113549.1.1.10", email: "1.2.840.113549.1.9.1", altName: "2.5.29.17" };
const digests: Record<string, string> = { "1.3.14.3.2.26": "SHA-1", "2.16.840.1.101.3.4.2.1": "SHA-256", "2.16.840.1.101.3.4.2.2": "SHA-384", "2.16.840.1.101.3.4.2.3": "SHA-512" };

/** Why a signature does not stand for what it says. */
export type Doubt = "changed" | "broken" | "untrusted" | "expired" | "notYet" | "otherSender" | "weak";

export interface Person {
  name: string;
  emails: string[];
  issuer: string;
  serial: string;
  from: Date;
  until: Date;
  der: ArrayBuffer;
}

export interface Signature {
  signer: Person | null;
  at: Date | null;
  doubts: Doubt[];
  /** From the signer's certificate up, as far as it was found. */
  chain: Person[];
  /** The content, where it is inside the signature. */
  content: Uint8Array | null;
}

/** Looks at a signature over `content`, or over what it has inside. `from` is who the message says it is of; `authorities` are trusted roots. */
export async function verify(der: Uint8Array, content: Uint8Array | null, from: string, authorities: ArrayBuffer[], now = new Date()): Promise<Signature> {
  const signed = new pkijs.SignedData({ schema: pkijs.ContentInfo.fromBER(copy(der)).content });
  const inside = signed.encapContentInfo.eContent ? copy(new Uint8Array(signed.encapContentInfo.eContent.getValue())) : null;
  const data = content ? copy(content) : inside;
  const result: Signature = { signer: null, at: null, doubts: [], chain: [], content: content ? null : inside && new Uint8Array(inside) };
  const info = signed.signerInfos[0];
  const certificates = (signed.certificates ?? []).filter((c): c is pkijs.Certificate => c instanceof pkijs.Certificate);
  const certificate = info && certificates.find((c) => isOf(info, c));
  if (!info || !certificate || !data) {
    result.doubts.push("broken");
    return result;
  }
  result.signer = describe(certificate);
  const attributes = info.signedAttrs?.attributes ?? [];
  const time = attributes.find((a) => a.type === oid.signingTime)?.values[0] as { toDate?: () => Date } | undefined;
  result.at = time?.toDate?.() ?? null;

  // 1. The content is what was signed.
  const algorithm = digests[info.digestAlgorithm.algorithmId];
  const stated = attributes.find((a) => a.type === oid.digest)?.values[0] as asn1js.OctetString | undefined;
  if (!algorithm) result.doubts.push("broken");
  else if (stated && !same(new Uint8Array(stated.getValue()), new Uint8Array(await crypto.subtle.digest(algorithm, data)))) result.doubts.push("changed");
  // 2. The signature is the certificate's.
  else if (!(await signed.verify({ signer: 0, data, extendedMode: false }).catch(() => false))) result.doubts.push(stated ? "broken" : "changed");
  if (algorithm === "SHA-1") result.doubts.push("weak");

  // 3. The certificate is of somebody known, and was good when the signature was made.
  const at = result.at && result.at < now ? result.at : now;
  result.chain = chainOf(certificate, certificates, authorities.map(read)).map(describe);
  if (!(await isTrusted(certificate, certificates, authorities.map(read), at))) result.doubts.push("untrusted");
  if (at > certificate.notAfter.value) result.doubts.push("expired");
  if (at < certificate.notBefore.value) result.doubts.push("notYet");

  // 4. It is the sender's.
  if (!result.signer.emails.includes(from.toLowerCase())) result.doubts.push("otherSender");
  return result;
}

async function isTrusted(certificate: pkijs.Certificate, others: pkijs.Certificate[], trustedCerts: pkijs.Certificate[], checkDate: Date): Promise<boolean> {
  if (trustedCerts.length === 0) return false;
  const certs = [...others.filter((c) => c !== certificate), certificate];
  // The dates are told apart above, so a certificate that has run out is not said to be a stranger's.
  const date = checkDate > certificate.notAfter.value ? certificate.notAfter.value : checkDate < certificate.notBefore.value ? certificate.notBefore.value : checkDate;
  return (await new pkijs.CertificateChainValidationEngine({ trustedCerts, certs, checkDate: date }).verify().catch(() => ({ result: false }))).result;
}

function chainOf(certificate: pkijs.Certificate, others: pkijs.Certificate[], authorities: pkijs.Certificate[]): pkijs.Certificate[] {
  const chain = [certificate];
  for (let last = certificate; chain.length < 10 && !last.issuer.isEqual(last.subject); ) {
    const above = [...others, ...authorities].find((c) => c.subject.isEqual(last.issuer));
    if (!above) break;
    chain.push((last = above));
  }
  return chain;
}

/** Whose certificate it is. */
export function describe(certificate: pkijs.Certificate): Person {
  const emails = certificate.subject.typesAndValues.filter((v) => v.type === oid.email).map((v) => String(v.value.valueBlock.value));
  const names = certificate.extensions?.find((e) => e.extnID === oid.altName)?.parsedValue as pkijs.AltName | undefined;
  for (const name of names?.altNames ?? []) if (name.type === 1) emails.push(String(name.value));
  return {
    name: commonName(certificate.subject),
    emails: [...new Set(emails.map((e) => e.toLowerCase()))],
    issuer: commonName(certificate.issuer),
    serial: [...new Uint8Array(certificate.serialNumber.valueBlock.valueHexView)].map((b) => b.toString(16).padStart(2, "0")).join(":"),
    from: certificate.notBefore.value,
    until: certificate.notAfter.value,
    der: certificate.toSchema(true).toBER(false),
  };
}

function commonName(name: pkijs.RelativeDistinguishedNames): string {
  const value = (type: string) => name.typesAndValues.find((v) => v.type === type)?.value.valueBlock.value as string | undefined;
  return value("2.5.4.3") ?? value("2.5.4.10") ?? value(oid.email) ?? "?";
}

function isOf(info: pkijs.SignerInfo, certificate: pkijs.Certificate): boolean {
  if (info.sid instanceof pkijs.IssuerAndSerialNumber) return info.sid.issuer.isEqual(certificate.issuer) && info.sid.serialNumber.isEqual(certificate.serialNumber);
  const id = certificate.extensions?.find((e) => e.extnID === "2.5.29.14")?.parsedValue as asn1js.OctetString | undefined;
  const given = info.sid as { valueBlock?: { valueHexView?: Uint8Array; value?: asn1js.OctetString[] } };
  const bytes = given.valueBlock?.valueHexView?.length ? given.valueBlock.valueHexView : given.valueBlock?.value?.[0]?.valueBlock.valueHexView;
  return !!id && !!bytes && same(id.valueBlock.valueHexView, bytes);
}

/** An own certificate with its keys: one that signs and cannot be taken out of the browser, and the parts of one that decrypts. */
export interface OwnKey {
  certificate: ArrayBuffer;
  chain: ArrayBuffer[];
  sign: CryptoKey;
  decrypt: JsonWebKey;
}

export class KeyFileError extends Error {
  constructor(readonly reason: "password" | "unreadable" | "noKey") {
    super(reason);
  }
}

/** Reads a certificate file (PKCS#12). */
export async function readKeyFile(bytes: ArrayBuffer, password: string): Promise<OwnKey> {
  const secret = new TextEncoder().encode(password).buffer;
  const certificates: pkijs.Certificate[] = [];
  let key: ArrayBuffer | null = null;
  let pfx: pkijs.PFX;
  try {
    pfx = pkijs.PFX.fromBER(bytes);
  } catch {
    throw new KeyFileError("unreadable");
  }
  try {
    await pfx.parseInternalValues({ password: secret, checkIntegrity: true });
    const safe = pfx.parsedValue?.authenticatedSafe;
    if (!safe) throw new KeyFileError("unreadable");
    await safe.parseInternalValues({ safeContents: safe.safeContents.map(() => ({ password: secret })) });
    for (const { value } of safe.parsedValue.safeContents as { value: pkijs.SafeContents }[])
      for (const bag of value.safeBags) {
        if (bag.bagValue instanceof pkijs.PKCS8ShroudedKeyBag) {
          await (bag.bagValue as unknown as { parseInternalValues: (of: object) => Promise<void> }).parseInternalValues({ password: secret });
          key = bag.bagValue.parsedValue?.toSchema().toBER(false) ?? null;
        } else if (bag.bagValue instanceof pkijs.PrivateKeyInfo) key = bag.bagValue.toSchema().toBER(false);
        else if (bag.bagValue instanceof pkijs.CertBag && bag.bagValue.parsedValue instanceof pkijs.Certificate) certificates.push(bag.bagValue.parsedValue);
      }
  } catch (error) {
    if (error instanceof KeyFileError) throw error;
    throw new KeyFileError(/integrity|password|decrypt|operation/i.test(String(error)) || String(error) === "OperationError" ? "password" : "unreadable");
  }
  if (!key) throw new KeyFileError("noKey");
  const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const sign = await crypto.subtle.importKey("pkcs8", key, rsa, false, ["sign"]).catch(() => Promise.reject(new KeyFileError("unreadable")));
  const decrypt = await crypto.subtle.exportKey("jwk", await crypto.subtle.importKey("pkcs8", key, rsa, true, ["sign"]));
  // Its certificate is the one with the same modulus.
  const own = (await Promise.all(certificates.map(async (c) => ((await publicJwk(c))?.n === decrypt.n ? c : null)))).find((c) => c !== null);
  if (!own) throw new KeyFileError("noKey");
  return { certificate: own.toSchema(true).toBER(false), chain: certificates.filter((c) => c !== own).map((c) => c.toSchema(true).toBER(false)), sign, decrypt };
}

async function publicJwk(certificate: pkijs.Certificate): Promise<JsonWebKey | null> {
  if (certificate.subjectPublicKeyInfo.algorithm.algorithmId !== oid.rsa) return null;
  const key = await crypto.subtle.importKey("spki", certificate.subjectPublicKeyInfo.toSchema().toBER(false), { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, true, ["verify"]);
  return crypto.subtle.exportKey("jwk", key);
}

/** A signature over `content`, to stand beside it (RFC 8551 §3.5.3). */
export async function sign(content: Uint8Array, key: Pick<OwnKey, "certificate" | "chain" | "sign">, now = new Date()): Promise<Uint8Array> {
  const certificate = read(key.certificate);
  const signed = new pkijs.SignedData({
    version: 1,
    encapContentInfo: new pkijs.EncapsulatedContentInfo({ eContentType: oid.data }),
    signerInfos: [new pkijs.SignerInfo({ version: 1, sid: new pkijs.IssuerAndSerialNumber({ issuer: certificate.issuer, serialNumber: certificate.serialNumber }) })],
    certificates: [certificate, ...key.chain.map(read)],
  });
  const info = signed.signerInfos[0];
  if (!info) throw new Error("There is no signer.");
  info.signedAttrs = new pkijs.SignedAndUnsignedAttributes({
    type: 0,
    attributes: [
      new pkijs.Attribute({ type: oid.contentType, values: [new asn1js.ObjectIdentifier({ value: oid.data })] }),
      new pkijs.Attribute({ type: oid.signingTime, values: [new asn1js.UTCTime({ valueDate: now })] }),
      new pkijs.Attribute({ type: oid.digest, values: [new asn1js.OctetString({ valueHex: await crypto.subtle.digest("SHA-256", copy(content)) })] }),
    ],
  });
  await signed.sign(key.sign, 0, "SHA-256", copy(content));
  return new Uint8Array(new pkijs.ContentInfo({ contentType: pkijs.ContentInfo.SIGNED_DATA, content: signed.toSchema(true) }).toSchema().toBER(false));
}

/** `content` for the holders of certificates alone (RFC 8551 §3.3). */
export async function encrypt(content: Uint8Array, certificates: ArrayBuffer[]): Promise<Uint8Array> {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const iv = crypto.getRandomValues(new Uint8Array(16));
  const key = await crypto.subtle.importKey("raw", secret, "AES-CBC", false, ["encrypt"]);
  const cipher = await crypto.subtle.encrypt({ name: "AES-CBC", iv }, key, copy(content));
  const recipientInfos = await Promise.all(
    certificates.map(read).map(async (certificate) => {
      const jwk = await publicJwk(certificate);
      if (!jwk) throw new Error(`The certificate of ${commonName(certificate.subject)} has no RSA key.`);
      return new pkijs.RecipientInfo({
        variant: 1,
        value: new pkijs.KeyTransRecipientInfo({
          version: 0,
          rid: new pkijs.IssuerAndSerialNumber({ issuer: certificate.issuer, serialNumber: certificate.serialNumber }),
          keyEncryptionAlgorithm: new pkijs.AlgorithmIdentifier({ algorithmId: oid.rsa, algorithmParams: new asn1js.Null() }),
          encryptedKey: new asn1js.OctetString({ valueHex: rsaEncrypt(jwk, secret).buffer }),
        }),
      });
    }),
  );
  const enveloped = new pkijs.EnvelopedData({
    version: 0,
    recipientInfos,
    encryptedContentInfo: new pkijs.EncryptedContentInfo({
      contentType: oid.data,
      contentEncryptionAlgorithm: new pkijs.AlgorithmIdentifier({ algorithmId: "2.16.840.1.101.3.4.1.42", algorithmParams: new asn1js.OctetString({ valueHex: iv.buffer }) }),
      encryptedContent: new asn1js.OctetString({ valueHex: cipher }),
    }),
  });
  return new Uint8Array(new pkijs.ContentInfo({ contentType: pkijs.ContentInfo.ENVELOPED_DATA, content: enveloped.toSchema() }).toSchema().toBER(false));
}

/** What was encrypted for one of the keys; null when it is for none of them. */
export async function decrypt(der: Uint8Array, keys: Pick<OwnKey, "certificate" | "decrypt">[]): Promise<Uint8Array | null> {
  const enveloped = new pkijs.EnvelopedData({ schema: pkijs.ContentInfo.fromBER(copy(der)).content });
  for (const recipient of enveloped.recipientInfos) {
    if (!(recipient.value instanceof pkijs.KeyTransRecipientInfo) || recipient.value.keyEncryptionAlgorithm.algorithmId !== oid.rsa) continue;
    const { rid, encryptedKey } = recipient.value;
    const name = rid instanceof pkijs.RecipientIdentifier ? rid.value : rid;
    for (const key of keys) {
      const certificate = read(key.certificate);
      if (name instanceof pkijs.IssuerAndSerialNumber && !(name.issuer.isEqual(certificate.issuer) && name.serialNumber.isEqual(certificate.serialNumber))) continue;
      const secret = rsaDecrypt(key.decrypt, encryptedKey.valueBlock.valueHexView);
      if (!secret) continue;
      const { contentEncryptionAlgorithm } = enveloped.encryptedContentInfo;
      const iv = (contentEncryptionAlgorithm.algorithmParams as asn1js.OctetString).valueBlock.valueHexView;
      const aes = await crypto.subtle.importKey("raw", secret, "AES-CBC", false, ["decrypt"]);
      return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv: new Uint8Array(iv) }, aes, enveloped.encryptedContentInfo.getEncryptedContent()));
    }
  }
  return null;
}

export const read = (der: ArrayBuffer): pkijs.Certificate => pkijs.Certificate.fromBER(der);

/** Certificates of a PEM file. */
export function readPem(text: string): ArrayBuffer[] {
  return [...text.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g)].map((m) => Uint8Array.from(atob((m[1] ?? "").replace(/\s/g, "")), (c) => c.charCodeAt(0)).buffer);
}

const copy = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((value, n) => value === b[n]);
