/** What the receiving server found out about the sender (RFC 8601), in one word; null where it says nothing. */
export function readAuthentication(header: string | null): "pass" | "fail" | null {
  if (!header) return null;
  const dmarc = /\bdmarc\s*=\s*(\w+)/i.exec(header)?.[1]?.toLowerCase();
  if (dmarc === "pass") return "pass";
  if (dmarc === "fail") return "fail";
  return null;
}
