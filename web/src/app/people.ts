import type { EmailAddress } from "../jmap/types";

/** One or two letters for a picture: of a Vietnamese name, the given name's and the surname's. */
export function initials(name: string): string {
  const words = name.replace(/["'<(]/g, "").split(/[\s@.]+/).filter(Boolean);
  const last = words.at(-1)?.[0] ?? "?";
  const first = words.length > 1 ? (words[0]?.[0] ?? "") : "";
  return (name.includes("@") ? (words[0]?.[0] ?? "?") : first + last).toLocaleUpperCase("vi");
}

/** Text of strangers to stand beside our own: what would turn the direction of writing round, so that it reads as something else, is left out. */
export function upright(text: string): string {
  return text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "");
}

export function nameOf(address: EmailAddress): string {
  return upright(address.name?.trim() || address.email);
}

/** The name as one says it in a list: the given name with the one before it. */
export function shortName(address: EmailAddress): string {
  const name = upright(address.name?.trim() ?? "");
  if (!name) return address.email.split("@")[0] ?? address.email;
  return name;
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
}

const hues = ["red", "grape", "violet", "indigo", "blue", "cyan", "teal", "green", "orange"];

/** The same colour for the same person, always. */
export function colorOf(text: string): string {
  let hash = 0;
  for (const letter of text) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return hues[hash % hues.length] ?? "blue";
}

export function formatAddress(address: EmailAddress): string {
  return upright(address.name ? `${address.name} <${address.email}>` : address.email);
}

/** Reads what people type or paste: names with addresses in angle brackets, or plain addresses, separated by commas, semicolons or lines. */
export function parseAddresses(text: string): EmailAddress[] {
  const found: EmailAddress[] = [];
  for (const piece of text.split(/[;\n]|,(?=(?:[^"]*"[^"]*")*[^"]*$)/)) {
    const match = /^\s*"?([^"<]*?)"?\s*<([^<>\s]+@[^<>\s]+)>\s*$/.exec(piece);
    if (match?.[2]) found.push({ name: match[1]?.trim() || null, email: match[2] });
    else if (/^\s*\S+@\S+\s*$/.test(piece)) found.push({ name: null, email: piece.trim() });
  }
  return found;
}
