/** TradingView's placeholders: which there are, and what a message says once they are filled in. */

import type { Sample } from "./sources";

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;
const OF_CHARTS = new Set(
  "ticker exchange interval time timenow open high low close volume syminfo.currency syminfo.basecurrency".split(
    " ",
  ),
);
const OF_STRATEGIES =
  /^strategy\.(position_size|order\.(action|contracts|price|id|comment|alert_message)|(prev_)?market_position(_size)?)$/;
const OF_PLOTS = /^plot(_\d+|\(".+"\))$/;

/** The names of all placeholders in a message. */
export function placeholdersIn(message: string): string[] {
  return [...new Set(Array.from(message.matchAll(PLACEHOLDER), ([, name]) => name ?? ""))];
}

/** True for one that strategies alone have. */
export function isOfStrategy(name: string): boolean {
  return OF_STRATEGIES.test(name);
}

/** True for one that TradingView fills in. */
export function isKnown(name: string): boolean {
  return OF_CHARTS.has(name) || OF_PLOTS.test(name) || isOfStrategy(name);
}

/** Put sample values where placeholders stand; what has none stays as it is, as at TradingView. */
export function fill(message: string, sample: Sample): string {
  return message.replace(PLACEHOLDER, (whole, name: string) => sample[name] ?? whole);
}

/** How a strategy may stand before and after an order. */
export const MOVES = {
  enter: { label: "It buys: flat to long", action: "buy", before: "flat", after: "long" },
  exit: { label: "It sells all: long to flat", action: "sell", before: "long", after: "flat" },
  short: { label: "It sells short: flat to short", action: "sell", before: "flat", after: "short" },
  cover: { label: "It buys back: short to flat", action: "buy", before: "short", after: "flat" },
} as const;
export type Move = keyof typeof MOVES;

/** What the chart is taken to say when an alert is tried. */
export interface Chart {
  symbol: string;
  price: string;
  contracts: string;
  move: Move;
}

/** The values of placeholders for such a chart, now. */
export function sampleOf({ symbol, price, contracts, move }: Chart): Sample {
  const [exchange = "", ticker = exchange] = symbol.includes(":") ? symbol.split(":") : ["", symbol];
  const { action, before, after } = MOVES[move];
  const sizeOf = (position: string) => (position === "flat" ? "0" : contracts);
  const now = new Date().toISOString();
  return {
    ticker,
    exchange,
    interval: "60",
    time: now,
    timenow: now,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: "1000",
    "strategy.position_size": sizeOf(after),
    "strategy.order.action": action,
    "strategy.order.contracts": contracts,
    "strategy.order.price": price,
    "strategy.order.id": after === "flat" ? `Close ${before}` : after,
    "strategy.order.comment": "",
    "strategy.order.alert_message": "",
    "strategy.market_position": after,
    "strategy.market_position_size": sizeOf(after),
    "strategy.prev_market_position": before,
    "strategy.prev_market_position_size": sizeOf(before),
  };
}
