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
