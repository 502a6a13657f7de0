import { expect, it } from "vitest";
import { sumOf } from "./decimals";

it.each([
  [["0.1", "0.2"], "0.3"],
  [["10", "-10.05"], "-0.05"],
  [["99999999999999999.99", "0.01"], "100000000000000000.00"],
  [[null, "1.5", undefined], "1.5"],
  [[], "0"],
])("adds %j up to %s", (texts, total) => {
  expect(sumOf(texts)).toBe(total);
});
