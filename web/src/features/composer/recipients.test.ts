import { expect, test } from "vitest";
import { countRecipients, matchRecipients } from "./recipients";

const hoa = { name: "Nguyễn Thị Hoa", email: "hoant.stttt@example.gov.vn" };
const duong = { name: "Lê Đức Dương", email: "duongld@example.com" };

test("whom one writes to often and lately comes first, once", () => {
  const found = countRecipients([{ to: [hoa], cc: [{ ...duong, email: "DUONGLD@example.com", name: null }] }, { to: [{ ...duong }] }, { to: null }]);
  expect(found.map((f) => f.email)).toEqual(["DUONGLD@example.com", "hoant.stttt@example.gov.vn"]);
  expect(found[0]?.name).toBe("Lê Đức Dương");
});

test("names are found without diacritics, by the beginning of words", () => {
  expect(matchRecipients([hoa, duong], "duc")).toEqual([duong]);
  expect(matchRecipients([hoa, duong], "Thị ho")).toEqual([hoa]);
  expect(matchRecipients([hoa, duong], "hoant.s")).toEqual([hoa]);
  expect(matchRecipients([hoa, duong], "oa")).toEqual([]);
});
