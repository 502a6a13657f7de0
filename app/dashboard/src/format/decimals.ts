/** Decimals travel as strings and stay strings: a float would lose what the server counted exactly. */

const NUMERIC = /^-?\d+(\.\d+)?$/;

export const NOTHING = "–";
export const MINUS = "−";

/** True for what `Intl` formats exactly from its text. */
export function isDecimal(text: string | null | undefined): text is `${number}` {
  return typeof text === "string" && NUMERIC.test(text);
}

/** The sign of a decimal string: -1, 0 or 1. */
export function signOf(text: string): -1 | 0 | 1 {
  if (!/[1-9]/.test(text)) {
    return 0;
  }
  return text.startsWith("-") ? -1 : 1;
}

/** How many digits stand after the point. */
export function fractionDigits(text: string): number {
  return text.split(".")[1]?.length ?? 0;
}

/** Show a true minus, which is as wide as a plus and is not broken from its number. */
export function withTrueMinus(text: string): string {
  return text.replace("-", MINUS);
}

/** Add decimals up exactly; what is not known counts for nothing. */
export function sumOf(texts: readonly (string | null | undefined)[]): string {
  const known = texts.filter(isDecimal);
  const digits = Math.max(0, ...known.map(fractionDigits));
  const total = known.reduce((sum, text) => {
    const [whole = "0", fraction = ""] = text.split(".");
    return sum + BigInt(whole + fraction.padEnd(digits, "0"));
  }, 0n);
  const size = (total < 0n ? -total : total).toString().padStart(digits + 1, "0");
  const point = size.length - digits;
  return `${total < 0n ? "-" : ""}${size.slice(0, point)}${digits > 0 ? `.${size.slice(point)}` : ""}`;
}

interface Scaled {
  digits: bigint;
  scale: number;
}

function scaled(text: string): Scaled {
  const [whole = "0", fraction = ""] = text.split(".");
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}

function written({ digits, scale }: Scaled): string {
  const sign = digits < 0n ? "-" : "";
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0");
  const [whole, fraction] = [text.slice(0, text.length - scale), text.slice(text.length - scale)];
  const rest = fraction.replace(/0+$/, "");
  return `${sign}${whole}${rest === "" ? "" : `.${rest}`}`;
}

/** Move the point of a decimal to the right: by two, a fraction becomes a percentage. Nothing is rounded. */
export function shiftPoint(text: string, places: number): string {
  const { digits, scale } = scaled(text);
  const left = scale - places;
  return left >= 0
    ? written({ digits, scale: left })
    : written({ digits: digits * 10n ** BigInt(-left), scale: 0 });
}

/** Multiply exactly. */
export function multiply(one: string, other: string): string {
  const [a, b] = [scaled(one), scaled(other)];
  return written({ digits: a.digits * b.digits, scale: a.scale + b.scale });
}

/** Compare exactly: below zero where the first is less. */
export function compareDecimals(one: string, other: string): -1 | 0 | 1 {
  const [a, b] = [scaled(one), scaled(other)];
  const most = Math.max(a.scale, b.scale);
  const left = a.digits * 10n ** BigInt(most - a.scale);
  const right = b.digits * 10n ** BigInt(most - b.scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** How much of a whole a part is, as a number: for the length of a bar alone. */
export function shareOf(part: string, whole: string): number {
  const [a, b] = [scaled(part), scaled(whole)];
  if (b.digits <= 0n) {
    return 1;
  }
  const most = Math.max(a.scale, b.scale);
  const parts =
    (a.digits * 10n ** BigInt(most - a.scale) * 10_000n) / (b.digits * 10n ** BigInt(most - b.scale));
  return Number(parts) / 10_000;
}
