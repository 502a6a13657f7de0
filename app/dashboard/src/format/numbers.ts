/** Quantities, percentages and counts. */

import { isDecimal, NOTHING, withTrueMinus } from "./decimals";

const QUANTITY = new Intl.NumberFormat("en-US", { maximumFractionDigits: 20 });
const COUNT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** Format a quantity as it is: rounding it would tell a size that nobody holds. */
export function formatQuantity(quantity: string | null | undefined): string {
  return isDecimal(quantity) ? withTrueMinus(QUANTITY.format(quantity)) : NOTHING;
}

/** Format a whole number. */
export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** Format a fraction as a percentage: "0.0125" is 1.25 %. */
export function formatPercent(
  fraction: string | null | undefined,
  { signed = false, digits = 2 }: { signed?: boolean; digits?: number } = {},
): string {
  if (!isDecimal(fraction)) {
    return NOTHING;
  }
  const format = new Intl.NumberFormat("en-US", {
    style: "percent",
    signDisplay: signed ? "exceptZero" : "auto",
    maximumFractionDigits: digits,
  });
  return withTrueMinus(format.format(fraction));
}
