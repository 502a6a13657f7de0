import { expect, it } from "vitest";
import { bucketsOf } from "./buckets";
import { ANALYTICS_FILTERS, daysOf } from "./filters";

const NOW = Date.parse("2026-11-30T00:30:00Z");

it("has a bar a day, over the end of a month", () => {
  expect(bucketsOf("2026-10-30", "2026-11-02").map(({ first }) => first)).toEqual([
    "2026-10-30",
    "2026-10-31",
    "2026-11-01",
    "2026-11-02",
  ]);
});

it("has a bar a week where days are many, the last one shorter", () => {
  const weeks = bucketsOf("2026-01-01", "2026-12-31");

  expect(weeks).toHaveLength(53);
  expect(weeks.at(-1)).toMatchObject({ first: "2026-12-31", last: "2026-12-31", isWeek: true });
  expect(weeks[0]?.includes("2026-01-07")).toBe(true);
  expect(weeks[0]?.includes("2026-01-08")).toBe(false);
});

it.each([
  [{}, "2026-11-01", "2026-11-30"],
  [{ days: "7" }, "2026-11-24", "2026-11-30"],
  [{ days: "x", from: "soon" }, "2026-11-01", "2026-11-30"],
  [{ from: "2026-02-01", to: "2026-02-03" }, "2026-02-01", "2026-02-03"],
])("reads %j as days", (filters, from, to) => {
  expect(daysOf({ ...ANALYTICS_FILTERS, ...filters }, NOW)).toEqual({ from, to });
});
