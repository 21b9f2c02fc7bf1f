import { expect, test } from "vitest";
import { checkPassword } from "./passwordRules";

test("all four kinds of characters are asked for", () => {
  expect(checkPassword("Matkhau@2026", "old", 8)).toEqual([]);
  expect(checkPassword("matkhau", "old", 8)).toEqual(["tooShort", "noUpper", "noDigit", "noSpecial"]);
});

test("letters with diacritics are letters", () => {
  expect(checkPassword("Đường#9ờờ", "old", 8)).toEqual([]);
});

test("the old password is not a new one", () => {
  expect(checkPassword("Matkhau@2026", "Matkhau@2026", 8)).toEqual(["sameAsBefore"]);
});
