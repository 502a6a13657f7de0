import { expect, it } from "vitest";
import { timeTicks } from "./timeTicks";

const at = (text: string) => Date.parse(`${text}Z`);
const ticks = (from: string, to: string, most: number) =>
  timeTicks(at(from), at(to), most).map((tick) => new Date(tick).toISOString().slice(0, 16));

it.each([
  ["2026-11-30T09:30", "2026-11-30T12:30", 6, ["2026-11-30T10:00", "2026-11-30T11:00", "2026-11-30T12:00"]],
  ["2026-11-28T15:00", "2026-12-01T00:00", 4, ["2026-11-29T00:00", "2026-11-30T00:00"]],
  [
    "2026-01-15T00:00",
    "2026-12-31T00:00",
    4,
    ["2026-02-01T00:00", "2026-05-01T00:00", "2026-08-01T00:00", "2026-11-01T00:00"],
  ],
  ["2026-11-30T09:30", "2026-11-30T09:30", 6, []],
])("marks %s to %s at round moments", (from, to, most, expected) => {
  expect(ticks(from, to, most)).toEqual(expected);
});
