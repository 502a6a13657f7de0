import { answer, api, type Schema } from "@/api/client";
import { useLive } from "@/api/queries";
import type { AnalyticsQuery } from "./filters";

export type Performance = Schema<"AnalyticsPerformance">;
export type CurrencyFigures = Performance["by_currency"][number];
export type Equity = Schema<"AnalyticsEquity">;
export type Curve = Equity["accounts"][number];
export type Latency = Schema<"AnalyticsLatency">;
export type Slippage = Schema<"AnalyticsSlippage">;
export type Refusals = Schema<"AnalyticsRefusals">;
export type Opinions = Schema<"AnalyticsOpinions">;

/** Below so many a ratio is more chance than rule. */
export const FEW = 20;

// The clock adds up once a minute; reading more often would show the same.
const EVERY_MS = 60_000;

export function usePerformance(query: AnalyticsQuery) {
  return useReport("performance", query, ["trades"], () =>
    answer(api.GET("/api/analytics/performance", { params: { query } })),
  );
}

export function useEquity(query: AnalyticsQuery) {
  return useReport("equity", query, [], () =>
    answer(api.GET("/api/analytics/equity", { params: { query } })),
  );
}

export function useLatency(query: AnalyticsQuery) {
  return useReport("latency", query, [], () =>
    answer(api.GET("/api/analytics/latency", { params: { query } })),
  );
}

export function useSlippage(query: AnalyticsQuery) {
  return useReport("slippage", query, [], () =>
    answer(api.GET("/api/analytics/slippage", { params: { query } })),
  );
}

export function useRefusals(query: AnalyticsQuery) {
  return useReport("refusals", query, [], () =>
    answer(api.GET("/api/analytics/refusals", { params: { query } })),
  );
}

export function useOpinions(query: AnalyticsQuery) {
  return useReport("opinions", query, [], () =>
    answer(api.GET("/api/analytics/opinions", { params: { query } })),
  );
}

/** A moment from which alerts could not trade, or only leave. */
export interface Halt {
  at: string;
  word: "Halted" | "Reducing";
}

const HALT_WORDS: Record<string, Halt["word"]> = { HALTED: "Halted", REDUCING: "Reducing" };
const MOST_SWITCHES = 200;

/** When trading was stopped in the range: every bot's, and that of the one that is looked at. */
export function useHalts({ from, to, bot }: AnalyticsQuery): readonly Halt[] {
  const audit = useLive({
    key: ["audit", "switches"],
    topics: ["state"],
    read: () =>
      answer(
        api.GET("/api/audit", { params: { query: { what: "set_trading_state", limit: MOST_SWITCHES } } }),
      ),
  });
  const halts = audit.data?.audit.flatMap(({ at, subject, after }) => {
    const word = HALT_WORDS[String(after?.state)];
    const isMeant = subject === "every bot" || subject === bot;
    const day = at.slice(0, 10);
    return word === undefined || !isMeant || day < from || day > to ? [] : [{ at, word }];
  });
  return halts?.toReversed() ?? [];
}

function useReport<Data>(
  name: string,
  query: AnalyticsQuery,
  topics: readonly "trades"[],
  read: () => Promise<Data>,
) {
  return useLive({ key: ["analytics", name, query], topics, everyMs: EVERY_MS, keepPrevious: true, read });
}

/** Write a code for people: "POSITION_NONE" is "Position none". */
export function codeWords(code: string): string {
  const words = code.replaceAll("_", " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Count something: "1 trade", "12 trades". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${new Intl.NumberFormat("en-US").format(count)} ${count === 1 ? one : many}`;
}
