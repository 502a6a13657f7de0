/** Money in the currency of its account, with that currency's grouping. */

import { isDecimal, NOTHING, withTrueMinus } from "./decimals";

/** Grouping and signs follow the currency, so that rupees read as 1,00,000. */
function localeOf(currency: string): string {
  return currency === "INR" ? "en-IN" : "en-US";
}

interface MoneyOptions {
  /** Show a plus too: for gains and losses. */
  signed?: boolean;
  /** Leave out cents where space is short and they say nothing. */
  whole?: boolean;
}

/** Format an amount; what is not known is a dash. */
export function formatMoney(
  amount: string | null | undefined,
  currency: string,
  { signed = false, whole = false }: MoneyOptions = {},
): string {
  if (!isDecimal(amount)) {
    return NOTHING;
  }
  const signDisplay = signed ? "exceptZero" : "auto";
  const digits = whole ? 0 : 2;
  if (!/^[A-Z]{3}$/.test(currency)) {
    const plain = new Intl.NumberFormat(localeOf(currency), {
      signDisplay,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    return withTrueMinus(`${plain.format(amount)} ${currency}`.trim());
  }
  const format = new Intl.NumberFormat(localeOf(currency), {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    signDisplay,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return withTrueMinus(format.format(amount));
}

/** Format a step of an axis: with cents only where it has some, or two steps would read alike. */
export function formatStep(value: number, currency: string): string {
  return formatMoney(String(value), currency, { whole: Number.isInteger(value) });
}

/** Format a price: at least two digits after the point, never rounded. */
export function formatPrice(price: string | null | undefined, currency?: string): string {
  if (!isDecimal(price)) {
    return NOTHING;
  }
  const format = new Intl.NumberFormat(localeOf(currency ?? ""), {
    minimumFractionDigits: 2,
    maximumFractionDigits: 20,
    ...(currency && /^[A-Z]{3}$/.test(currency)
      ? { style: "currency" as const, currency, currencyDisplay: "narrowSymbol" as const }
      : {}),
  });
  return withTrueMinus(format.format(price));
}

/** Format an average of prices: four digits after the point, eight of what is worth less than one. */
export function formatAverage(price: string | null | undefined): string {
  if (!isDecimal(price)) {
    return NOTHING;
  }
  const format = new Intl.NumberFormat("en-US", {
    minimumFractionDigits: 2,
    maximumFractionDigits: /^-?0+(\.|$)/.test(price) ? 8 : 4,
  });
  return withTrueMinus(format.format(price));
}
