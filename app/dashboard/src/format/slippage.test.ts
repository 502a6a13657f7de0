import { expect, it } from "vitest";
import { slippage } from "./slippage";

it.each([
  ["buy", "190.50", "190.20", "15.7"],
  ["sell", "190.50", "190.20", "-15.7"],
  ["sell", "0.00001200", "0.00001234", "275.5"],
  ["buy", "100", "100.0", "0.0"],
] as const)("of a %s filled at %s where the alert said %s is %s bp", (side, fill, reference, shown) => {
  expect(slippage(side, fill, reference)).toBe(shown);
});

it.each([
  [null, "1"],
  ["1", undefined],
  ["1", "0"],
])("is not known of %s against %s", (fill, reference) => {
  expect(slippage("buy", fill, reference)).toBeNull();
});
