// RSAES-PKCS1-v1_5 (RFC 8017 §7.2), which nearly all encrypted mail uses and browsers do not have. Only this one operation is ours; all else is the browser's.

/** Decrypts with a private key (JWK); null when the padding is wrong. */
export function rsaDecrypt(key: JsonWebKey, data: Uint8Array): Uint8Array<ArrayBuffer> | null {
  const [n, p, q, dp, dq, qi] = [key.n, key.p, key.q, key.dp, key.dq, key.qi].map((part) => toNumber(fromUrl(part ?? "")));
  if (!n || !p || !q || !dp || !dq || !qi) return null;
  const cipher = toNumber(data);
  if (cipher >= n) return null;
  const m1 = power(cipher % p, dp, p);
  const m2 = power(cipher % q, dq, q);
  const message = toBytes(m2 + q * ((((qi * (m1 - m2)) % p) + p) % p), fromUrl(key.n ?? "").length);
  const end = message.indexOf(0, 2);
  return message[0] === 0 && message[1] === 2 && end >= 10 ? message.slice(end + 1) : null;
}

/** Encrypts for a public key (JWK). */
export function rsaEncrypt(key: JsonWebKey, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = fromUrl(key.n ?? "").length;
  const block = new Uint8Array(length);
  crypto.getRandomValues(block);
  for (let n = 2; n < length - data.length - 1; n++) while (block[n] === 0) crypto.getRandomValues(block.subarray(n, n + 1));
  block[0] = 0;
  block[1] = 2;
  block[length - data.length - 1] = 0;
  block.set(data, length - data.length);
  return toBytes(power(toNumber(block), toNumber(fromUrl(key.e ?? "")), toNumber(fromUrl(key.n ?? ""))), length);
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let bits = exponent; bits > 0n; bits >>= 1n) {
    if (bits & 1n) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return result;
}

function toNumber(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${[...bytes].map((b) => b.toString(16).padStart(2, "0")).join("")}`);
}

function toBytes(number: bigint, length: number): Uint8Array<ArrayBuffer> {
  const hex = number.toString(16).padStart(length * 2, "0");
  return Uint8Array.from({ length }, (_, n) => parseInt(hex.slice(n * 2, n * 2 + 2), 16));
}

function fromUrl(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
}
