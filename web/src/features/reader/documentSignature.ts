import type { DocumentSignature } from "../../api/types";
import { upright } from "../../app/people";
import { t, type TextKey } from "../../texts";

/** What the server looks into (A12.7). */
const maxBytes = 30 * 1024 * 1024;

export type Standing = "valid" | "doubtful" | "changed";

/** Whether a file can hold a signature that is checked: PDF and Office, by type or by name. */
export function isSignable(type: string, name: string, bytes: number): boolean {
  return bytes <= maxBytes && (type === "application/pdf" || /^application\/vnd\.openxmlformats-officedocument\./.test(type) || /\.(pdf|docx|xlsx|pptx|docm|xlsm|pptm)$/i.test(name));
}

const words: Record<DocumentSignature["doubts"][number], TextKey> = {
  changed: "signedChanged",
  partial: "signedPartial",
  unchecked: "signedUnchecked",
  untrusted: "signedUntrusted",
  expired: "signedExpired",
  notYet: "signedNotYet",
  weak: "signedWeak",
};

/** "Ký số: who (organization) – hợp lệ", or everything that speaks against it. */
export function signatureText({ signer, organization, doubts }: DocumentSignature): string {
  const name = upright(signer ?? t("signedUnknown"));
  const who = organization && organization !== signer ? `${name} (${upright(organization)})` : name;
  return t("signedBy", { who, what: doubts.length === 0 ? t("signedValid") : doubts.map((doubt) => t(words[doubt])).join(", ") });
}

export function standing({ doubts }: DocumentSignature): Standing {
  return doubts.includes("changed") ? "changed" : doubts.length > 0 ? "doubtful" : "valid";
}
