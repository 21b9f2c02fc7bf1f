/**
 * What this server found out about the sender (RFC 8601), in one word; null where it says nothing. Fields of other servers count for nothing: anybody can write them. Ours is the
 * first that bears our name, for those that claimed to be ours were taken out when the message came in (§5).
 */
export function readAuthentication(fields: readonly string[], host: string): "pass" | "fail" | null {
  const ours = fields.find((field) => field.trim().split(/[\s;]/, 1)[0]?.toLowerCase() === host.toLowerCase());
  const dmarc = /\bdmarc\s*=\s*(\w+)/i.exec(ours?.replace(/\([^()]*\)/g, " ") ?? "")?.[1]?.toLowerCase();
  return dmarc === "pass" || dmarc === "fail" ? dmarc : null;
}
