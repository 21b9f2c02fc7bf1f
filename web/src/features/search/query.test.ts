import { expect, test } from "vitest";
import type { Mailbox } from "../../jmap/types";
import { formatQuery, parseQuery, toFilter } from "./query";

const mailboxes = [
  { id: "m1", role: "inbox" },
  { id: "m5", role: "trash" },
  { id: "m4", role: "junk" },
] as Mailbox[];

test("words and narrowing are told apart", () => {
  expect(parseQuery('báo cáo from:hoant "kết quả" has:attachment after:2026-01-31')).toEqual({ text: 'báo cáo "kết quả"', from: "hoant", attachment: true, after: "2026-01-31" });
});

test("Vietnamese names are understood", () => {
  expect(parseQuery('từ:"Nguyễn Thị Hoa" đến:dakmil')).toEqual({ text: "", from: "Nguyễn Thị Hoa", to: "dakmil" });
});

test("a date that is none is a word", () => {
  expect(parseQuery("after:tomorrow")).toEqual({ text: "after:tomorrow" });
});

test("a query is written as it was read", () => {
  const line = 'họp giao ban from:"Trần Văn Minh" before:2026-02-01 in:m1 has:attachment is:unread';
  expect(formatQuery(parseQuery(line))).toBe(line);
});

test("without a folder, the bin and what is spam are left out", () => {
  expect(toFilter("họp", mailboxes)).toEqual({ text: "họp", inMailboxOtherThan: ["m5", "m4"] });
});

test("days begin and end in Vietnam", () => {
  expect(toFilter("after:2026-01-01 before:2026-01-01 in:m1", mailboxes)).toEqual({ after: "2025-12-31T17:00:00Z", before: "2026-01-01T17:00:00Z", inMailbox: "m1" });
});
