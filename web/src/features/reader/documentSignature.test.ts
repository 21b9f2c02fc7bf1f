import { expect, test } from "vitest";
import type { DocumentSignature } from "../../api/types";
import { en } from "../../texts/en";
import { isSignable, signatureText, standing } from "./documentSignature";

const by = (doubts: DocumentSignature["doubts"], signer: string | null = "Nguyễn Văn An", organization: string | null = "Sở Nội vụ"): DocumentSignature => ({ signer, organization, issuer: "CA", signedAt: null, doubts });

test("the line says by whom and whether it holds", () => {
  expect(signatureText(by([]))).toBe("Ký số: Nguyễn Văn An (Sở Nội vụ) – hợp lệ");
  expect(signatureText(by(["changed", "untrusted"]))).toBe("Ký số: Nguyễn Văn An (Sở Nội vụ) – đã bị sửa sau khi ký, chứng thư chưa tin cậy");
  expect(signatureText(by(["partial"], "Sở Nội vụ"))).toBe("Ký số: Sở Nội vụ – tệp có phần ngoài nội dung đã ký");
  expect(signatureText(by(["unchecked"], null, null))).toBe("Ký số: không rõ người ký – chưa kiểm tra được");
  expect([en.signedBy, en.signedValid, en.signedChanged]).toEqual(["Signed by: {who} – {what}", "valid", "changed after signing"]);
});

test("a name cannot turn the line around", () => {
  expect(signatureText(by([], "An\u202e", "X\u2066"))).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
});

test("only a signature without doubts is valid", () => {
  expect([by([]), by(["untrusted"]), by(["unchecked"]), by(["weak", "changed"])].map(standing)).toEqual(["valid", "doubtful", "doubtful", "changed"]);
});

test("only PDF and Office are asked about", () => {
  expect(isSignable("application/octet-stream", "Tờ trình.PDF", 5)).toBe(true);
  expect(isSignable("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "x", 5)).toBe(true);
  expect(isSignable("image/png", "a.png", 5)).toBe(false);
  expect(isSignable("application/pdf", "a.pdf", 31 * 1024 * 1024)).toBe(false);
});
