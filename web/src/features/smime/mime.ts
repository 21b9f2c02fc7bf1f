/** A part of a message, its body still encoded. */
export interface Part {
  headers: [name: string, value: string][];
  type: string;
  parameters: Record<string, string>;
  /** The whole part, header and all, as it stands in the message: what a signature is made over. */
  raw: Uint8Array;
  body: Uint8Array;
  parts: Part[];
}

const maxDepth = 20;
const maxParts = 500;

/** Reads a message as far as a reader needs it here: what cannot be read is a leaf. Bytes are kept as they are. */
export function parseMime(bytes: Uint8Array): Part {
  let count = 0;
  const read = (raw: Uint8Array, depth: number): Part => {
    const text = latin1(raw);
    const end = /\r?\n\r?\n/.exec(text);
    const head = end ? text.slice(0, end.index) : text;
    const start = end ? end.index + end[0].length : text.length;
    const headers = head
      .replace(/\r?\n(?=[ \t])/g, "")
      .split(/\r?\n/)
      .map((line): [string, string] => [line.slice(0, line.indexOf(":")).trim().toLowerCase(), line.slice(line.indexOf(":") + 1).trim()])
      .filter(([name]) => name.length > 0);
    const { value, parameters } = parseHeader(headers.find(([name]) => name === "content-type")?.[1] ?? "text/plain");
    const part: Part = { headers, type: value || "text/plain", parameters, raw, body: raw.subarray(start), parts: [] };
    const boundary = parameters["boundary"];
    if (part.type.startsWith("multipart/") && boundary && depth < maxDepth) {
      for (const [from, to] of between(text, start, boundary)) if (++count < maxParts) part.parts.push(read(raw.subarray(from, to), depth + 1));
    }
    return part;
  };
  return read(bytes, 0);
}

// The places between boundary lines (RFC 2046 §5.1.1): the line end before a boundary is the boundary's.
function between(text: string, start: number, boundary: string): [number, number][] {
  const found: [number, number][] = [];
  const line = new RegExp(`(^|\\r?\\n)--${boundary.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(--)?[ \\t]*(\\r?\\n|$)`, "g");
  line.lastIndex = Math.max(0, start - 2);
  let open = -1;
  for (let match = line.exec(text); match; match = line.exec(text)) {
    if (open >= 0) found.push([open, Math.max(open, match.index)]);
    if (match[2]) return found;
    open = line.lastIndex;
    // The line end of this boundary may be the one before the next.
    line.lastIndex -= match[3]?.length ?? 0;
    if (line.lastIndex <= match.index) line.lastIndex = match.index + 1;
  }
  if (open >= 0) found.push([open, text.length]);
  return found;
}

/** The bytes that a part's body stands for. */
export function decodeBody(part: Part): Uint8Array {
  const encoding = header(part, "content-transfer-encoding")?.toLowerCase();
  if (encoding === "base64") return base64(latin1(part.body));
  if (encoding !== "quoted-printable") return part.body;
  const text = latin1(part.body).replace(/[ \t]+(?=\r?\n)/g, "").replace(/=\r?\n/g, "");
  return bytesOf(text.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))));
}

/** A part's text. */
export function decodeText(part: Part): string {
  const bytes = decodeBody(part);
  try {
    return new TextDecoder(part.parameters["charset"] ?? "utf-8").decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

export function header(part: Part, name: string): string | undefined {
  return part.headers.find(([n]) => n === name)?.[1];
}

export function fileNameOf(part: Part): string | null {
  const { parameters } = parseHeader(header(part, "content-disposition") ?? "");
  return parameters["filename"] ?? part.parameters["name"] ?? null;
}

/** All parts that have no parts. */
export function leaves(part: Part): Part[] {
  return part.parts.length > 0 ? part.parts.flatMap(leaves) : [part];
}

function parseHeader(text: string): { value: string; parameters: Record<string, string> } {
  const parameters: Record<string, string> = {};
  const pieces = text.match(/(?:[^;"]|"(?:[^"\\]|\\.)*")+/g) ?? [];
  for (const piece of pieces.slice(1)) {
    const at = piece.indexOf("=");
    if (at < 0) continue;
    let name = piece.slice(0, at).trim().toLowerCase();
    let value = piece.slice(at + 1).trim();
    if (value.startsWith('"')) value = value.slice(1, value.endsWith('"') ? -1 : undefined).replace(/\\(.)/g, "$1");
    if (name.endsWith("*")) {
      name = name.replace(/(\*\d+)?\*$/, "");
      const [, , encoded = value] = value.split("'");
      try {
        value = decodeURIComponent(encoded);
      } catch {
        value = encoded;
      }
    }
    parameters[name] = decodeWords(value);
  }
  return { value: (pieces[0] ?? "").trim().toLowerCase(), parameters };
}

/** RFC 2047 words in a header field. */
export function decodeWords(text: string): string {
  return text.replace(/\?=\s+=\?/g, "?==?").replace(/=\?([\w-]+)(?:\*\w+)?\?([bq])\?([^?]*)\?=/gi, (all, charset: string, kind: string, data: string) => {
    try {
      const bytes = kind.toLowerCase() === "b" ? base64(data) : bytesOf(data.replace(/_/g, " ").replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))));
      return new TextDecoder(charset).decode(bytes);
    } catch {
      return all;
    }
  });
}

export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return text;
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let n = 0; n < text.length; n++) bytes[n] = text.charCodeAt(n) & 0xff;
  return bytes;
}

export function base64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return bytesOf(atob(text.replace(/[^A-Za-z0-9+/]/g, "")));
  } catch {
    return new Uint8Array();
  }
}

/** In lines of 76, as mail wants it. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(latin1(bytes)).replace(/(.{76})/g, "$1\r\n");
}
