import { expect, test } from "vitest";
import { daysLeft } from "./expiry";

const now = Date.parse("2026-11-25T00:00:00Z");

test("a password that is about to expire is announced, one with time left is not", () => {
  expect(daysLeft("2026-11-25T06:00:00Z", now)).toBe(1);
  expect(daysLeft("2026-12-09T00:00:00Z", now)).toBe(14);
  expect(daysLeft("2026-12-09T00:00:01Z", now)).toBeNull();
  expect(daysLeft("2026-11-24T00:00:00Z", now)).toBe(0);
  expect(daysLeft(null, now)).toBeNull();
});
