/** Whether a message is signed or encrypted as a whole, by its Content-Type. */
export function isSecure(contentType: string | null | undefined): "signed" | "wrapped" | null {
  if (/^\s*multipart\/signed\b.*pkcs7-signature/is.test(contentType ?? "")) return "signed";
  return /^\s*application\/(?:x-)?pkcs7-mime\b/i.test(contentType ?? "") ? "wrapped" : null;
}
