import { expect, test } from "vitest";
import { applyQueryChanges } from "./mailList";

test("what is removed closes up and what is added stands where the server says", () => {
  expect(applyQueryChanges(["a", "b", "c"], { removed: ["b"], added: [{ id: "x", index: 0 }], total: 3 })).toEqual(["x", "a", "c"]);
});

test("additions are applied from the lowest index on", () => {
  expect(applyQueryChanges(["a"], { removed: [], added: [{ id: "z", index: 2 }, { id: "x", index: 0 }], total: 3 })).toEqual(["x", "a", "z"]);
});

test("a message that moves is removed and added", () => {
  expect(applyQueryChanges(["a", "b", "c"], { removed: ["c"], added: [{ id: "c", index: 0 }], total: 3 })).toEqual(["c", "a", "b"]);
});

test("rows that are not known keep their places", () => {
  expect(applyQueryChanges(["a", undefined, "c"], { removed: ["a"], added: [{ id: "n", index: 0 }], total: 3 })).toEqual(["n", undefined, "c"]);
});

test("a removal of what is not known means reading anew", () => {
  expect(applyQueryChanges(["a", undefined], { removed: ["q"], added: [], total: 1 })).toBeNull();
});

test("in a list that is all known, a removal of what is not in it changes nothing", () => {
  expect(applyQueryChanges(["a"], { removed: ["q"], added: [], total: 1 })).toEqual(["a"]);
});

test("a total that does not fit means reading anew", () => {
  expect(applyQueryChanges(["a", "b"], { removed: ["a"], added: [], total: 5 })).toBeNull();
});

test("a gap before an added row means reading anew", () => {
  expect(applyQueryChanges(["a"], { removed: [], added: [{ id: "x", index: 9 }], total: 2 })).toBeNull();
});
