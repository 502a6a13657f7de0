/** What `/api/analytics` answers about a short time. */

import type { Schema } from "@/api/client";

const RANGE = { from: "2026-11-01", to: "2026-11-03" };
const TOLD = { ...RANGE, pending_days: 0 };

const SUMS = {
  trades: 3,
  wins: 2,
  losses: 1,
  unpriced: 0,
  realized_gain: "1234.50",
  fees: "7.50",
  win_rate: "0.666667",
  average_win: "700.00",
  average_loss: "-165.50",
  profit_factor: "8.459215",
  expectancy: "411.5000",
  holding_seconds: 5400,
};

type Performance = Schema<"AnalyticsPerformance">;

/** Three trades in dollars; other rows by keyword. */
export function performance(changes: Partial<Performance> = {}): Performance {
  const usd = { ...SUMS, currency: "USD" };
  return {
    ...usd,
    by_currency: [usd],
    by_bot: [{ bot: "swing", ...usd }],
    by_symbol: [
      { symbol: "AAPL", ...usd, realized_gain: "1400.00" },
      { symbol: "TSLA", ...usd, realized_gain: "-165.50" },
    ],
    by_day: [
      { day: "2026-11-01", ...usd, realized_gain: "1400.00" },
      { day: "2026-11-03", ...usd, realized_gain: "-165.50" },
    ],
    by_structure: [{ structure: null, ...usd }],
    ...TOLD,
    ...changes,
  };
}

/** Trades in dollars and in rupees. */
export function twoCurrencies(): Performance {
  const [usd, inr] = [
    { ...SUMS, currency: "USD" },
    { ...SUMS, currency: "INR", realized_gain: "123456.5" },
  ];
  const none = { realized_gain: null, fees: null, average_win: null, average_loss: null };
  return performance({
    ...none,
    profit_factor: null,
    expectancy: null,
    currency: null,
    by_currency: [usd, inr],
    by_bot: [usd, inr].map((sums) => ({ bot: "swing", ...sums })),
  });
}

/** Nothing has ever been traded. */
export function noTrades(): Performance {
  return performance({
    ...SUMS,
    trades: 0,
    by_currency: [],
    by_bot: [],
    by_symbol: [],
    by_day: [],
    by_structure: [],
  });
}

export const EQUITY: Schema<"AnalyticsEquity"> = (() => {
  const curve = {
    broker: "paper",
    currency: "USD",
    points: [
      ["2026-11-01T15:00:00Z", "100000"],
      ["2026-11-02T15:00:00Z", "102000.10"],
      ["2026-11-03T15:00:00Z", "100980"],
    ],
    drawdown: [
      ["2026-11-01T15:00:00Z", "0"],
      ["2026-11-02T15:00:00Z", "0"],
      ["2026-11-03T15:00:00Z", "0.010001"],
    ],
    max_drawdown: "0.010001",
    count: 3,
  };
  return { ...curve, accounts: [curve], ...RANGE };
})();

export const LATENCY: Schema<"AnalyticsLatency"> = {
  alerts: 25,
  stages: [
    { stage: "delivery", n: 25, p50: 420, p95: 3900, p99: 4100 },
    { stage: "total", n: 24, p50: 12.4, p95: 180, p99: 210 },
    { stage: "approval", n: 0, p50: null, p95: null, p99: null },
  ],
  ...TOLD,
};

export const SLIPPAGE: Schema<"AnalyticsSlippage"> = {
  n: 24,
  median: "4",
  p95: "-0.5",
  by_symbol: [
    { symbol: "AAPL", n: 20, median: "3.5", p95: "9" },
    { symbol: "TSLA", n: 4, median: "6.25", p95: "12" },
  ],
  by_type: [{ type: "market", n: 24, median: "4", p95: "12" }],
  ...TOLD,
};

export const REFUSALS: Schema<"AnalyticsRefusals"> = {
  alerts: 25,
  refused: 5,
  by_reason: [
    { reason: "ALERT_STALE", count: 4 },
    { reason: "PRICE_UNKNOWN", count: 1 },
  ],
  by_day: [
    { day: "2026-11-02", alerts: 10, reasons: [{ reason: "ALERT_STALE", count: 4 }] },
    { day: "2026-11-03", alerts: 15, reasons: [{ reason: "PRICE_UNKNOWN", count: 1 }] },
  ],
  funnel: { alerts: 25, entered: 12, filled: 11, closed: 3 },
  ...TOLD,
};

export const OPINIONS: Schema<"AnalyticsOpinions"> = {
  opinions: 30,
  known: 24,
  failed: 1,
  brier_score: "0.2101",
  reliability: [
    { lower: "0.7", upper: "0.8", opinions: 25, known: 22, right: 15, rate: "0.681818", confidence: "0.74" },
    { lower: "0.9", upper: "1.0", opinions: 3, known: 2, right: 1, rate: "0.5", confidence: "0.93" },
  ],
  followed: { opinions: 20, known: 20, average_gain: "0.0041" },
  skipped: { opinions: 6, known: 4, average_gain: "-0.002" },
  denied: { opinions: 4, known: 0, average_gain: null },
  tokens: 123456,
  ...TOLD,
};
