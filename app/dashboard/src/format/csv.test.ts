import { expect, it } from "vitest";
import { toCsv } from "./csv";

it("writes rows that a spreadsheet reads back", () => {
  expect(
    toCsv(
      ["bot", "note"],
      [
        ["a", 'said "no", then\nleft'],
        ["b", null],
      ],
    ),
  ).toBe('bot,note\r\na,"said ""no"", then\nleft"\r\nb,\r\n');
});

it.each([
  ["=1+1", "'=1+1"],
  ["@x", "'@x"],
  ["-2.50", "-2.50"],
  ["-x", "'-x"],
])("keeps %s from being run as a formula", (cell, written) => {
  expect(toCsv(["x"], [[cell]])).toBe(`x\r\n${written}\r\n`);
});
