import { expect, test } from "vitest";
import { readAuthentication } from "./authentication";

test("what this server says counts", () => {
  expect(readAuthentication(["mail.example.gov.vn; spf=pass; dmarc=pass header.from=a.vn"], "mail.example.gov.vn")).toBe("pass");
  expect(readAuthentication(["mail.example.gov.vn; dmarc=fail (p=none)"], "mail.example.gov.vn")).toBe("fail");
  expect(readAuthentication([], "mail.example.gov.vn")).toBeNull();
});

test("what others say does not, nor what stands in a comment", () => {
  expect(readAuthentication(["mail.example.gov.vn; dmarc=fail", "mail.example.gov.vn; dmarc=pass"], "mail.example.gov.vn")).toBe("fail");
  expect(readAuthentication(["evil.example; dmarc=pass"], "mail.example.gov.vn")).toBeNull();
  expect(readAuthentication(["mail.example.gov.vn.evil.example; dmarc=pass"], "mail.example.gov.vn")).toBeNull();
  expect(readAuthentication(["mail.example.gov.vn; spf=none (dmarc=pass)"], "mail.example.gov.vn")).toBeNull();
});
