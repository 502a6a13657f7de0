/** How much worse than the alert's price an order filled, reckoned without floats. */

import { isDecimal } from "./decimals";

const TEN_THOUSAND = 10_000n;

/**
 * Basis points that a fill was worse (positive) or better (negative) than the reference price.
 *
 * Rounded towards zero to a tenth; null where a price is not known.
 */
export function slippage(
  side: "buy" | "sell",
  fill: string | null | undefined,
  reference: string | null | undefined,
): string | null {
  if (!isDecimal(fill) || !isDecimal(reference)) {
    return null;
  }
  const [filled, wanted] = toIntegers(fill, reference);
  if (wanted <= 0n) {
    return null;
  }
  const worse = side === "buy" ? filled - wanted : wanted - filled;
  const tenths = (worse * TEN_THOUSAND * 10n) / wanted;
  const size = tenths < 0n ? -tenths : tenths;
  return `${tenths < 0n ? "-" : ""}${size / 10n}.${size % 10n}`;
}

// Both as whole numbers of the smaller of their last digits.
function toIntegers(one: string, other: string): [bigint, bigint] {
  const digits = Math.max(places(one), places(other));
  return [scaled(one, digits), scaled(other, digits)];
}

function places(text: string): number {
  return text.split(".")[1]?.length ?? 0;
}

function scaled(text: string, digits: number): bigint {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(digits, "0"));
}
