/** Names of option contracts as people read them. */

import { formatPrice } from "./money";

const OCC = /^([A-Z.]{1,6}) *(\d{2})(\d{2})(\d{2})([CP])(\d{5})(\d{3})$/;
const DAY = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

/** Write a contract's symbol out, "SPY 31 Dec 2026 575 put"; any other symbol stays as it is. */
export function contractWords(symbol: string): string {
  const found = OCC.exec(symbol);
  if (found === null) {
    return symbol;
  }
  const [, underlying, year, month, day, kind, whole, thousandths] = found;
  const expiry = DAY.format(Date.UTC(2000 + Number(year), Number(month) - 1, Number(day)));
  const strike = formatPrice(`${Number(whole)}.${thousandths}`.replace(/0+$/, "").replace(/\.$/, "")).replace(
    /\.00$/,
    "",
  );
  return `${underlying} ${expiry} ${strike} ${kind === "C" ? "call" : "put"}`;
}
