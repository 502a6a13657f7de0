import { answer, api, type Schema } from "@/api/client";
import { useLive } from "@/api/queries";
import type { Tone } from "@/components/Badge";
import { signOf } from "@/format/decimals";

export type Trade = Schema<"Trade">;

/** What prices move without a write: read again while somebody looks. */
const PRICES_MS = 5000;

/** How each state is called. A new one without words does not compile. */
export const TRADE_STATES: Record<Trade["state"], { word: string; tone: Tone }> = {
  opening: { word: "Opening", tone: "accent" },
  open: { word: "Open", tone: "gain" },
  closing: { word: "Closing", tone: "warn" },
  closed: { word: "Closed", tone: "neutral" },
  broken: { word: "A leg is missing", tone: "loss" },
  expired: { word: "Expired", tone: "neutral" },
  assigned: { word: "Assigned", tone: "warn" },
};

/** True while something of it is held, or about to be. */
export function isHeld({ state }: Pick<Trade, "state">): boolean {
  return state === "opening" || state === "open" || state === "closing" || state === "broken";
}

/** Write a kind of structure for people: "Iron condor". */
export function structureWords(structure: string): string {
  const words = structure.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Name a trade: "Iron condor in SPY", "AAPL". */
export function tradeTitle({ structure, symbol }: Pick<Trade, "structure" | "symbol">): string {
  return structure === null ? symbol : `${structureWords(structure)} in ${symbol}`;
}

/** A trade's prices for one unit, and its units, as people read them. */
export interface TradeFigures {
  units: string;
  entered: string | null;
  left: string | null;
}

/**
 * Shares and coins: prices without a sign, and fewer than no units of what was sold short. Structures: what one
 * is worth, less than nothing where money was received for it; then also what leaving one cost is no gain.
 */
export function tradeFigures(trade: Trade): TradeFigures {
  const { entry_net: entry, mark_net: mark, exit_net: exit, units } = trade;
  const worth = trade.closed_at === null ? mark : turned(exit);
  if (trade.structure !== null) {
    return { units, entered: entry, left: worth };
  }
  return {
    units: isReceived(entry) ? turned(units) : units,
    entered: withoutSign(entry),
    left: withoutSign(worth),
  };
}

/** True for money that came in: the API tells it by a sign. */
export function isReceived(net: string | null): boolean {
  return net !== null && signOf(net) < 0;
}

/** Leave the sign to the words beside a price. */
export function withoutSign<Net extends string | null>(net: Net): Net | string {
  return net === null ? net : net.replace(/^-/, "");
}

function turned<Net extends string | null>(net: Net): Net | string {
  return net === null || signOf(net) === 0 ? net : isReceived(net) ? withoutSign(net) : `-${net}`;
}

export interface TradeFilters {
  readonly state: string;
  readonly bot: string;
  readonly after: string;
}

const STATES = ["open", "closed", "all"] as const;
type StateFilter = (typeof STATES)[number];

/** A page of trades, open ones first. */
export function useTrades({ state, bot, after }: TradeFilters) {
  return useLive({
    key: ["trades", state, bot, after],
    topics: ["trades", "positions", "orders"],
    everyMs: PRICES_MS,
    keepPrevious: true,
    read: () => {
      const query = {
        limit: 50,
        ...(isStateFilter(state) ? { state } : {}),
        ...(bot === "" ? {} : { bot }),
        ...(/^\d+$/.test(after) ? { after: Number(after) } : {}),
      };
      return answer(api.GET("/api/trades", { params: { query } }));
    },
  });
}

/** One trade with its payoff. */
export function useTrade(number: number) {
  return useLive({
    key: ["trades", "one", number],
    topics: ["trades", "positions", "orders"],
    everyMs: PRICES_MS,
    read: () => answer(api.GET("/api/trades/{number}", { params: { path: { number } } })),
  });
}

function isStateFilter(text: string): text is StateFilter {
  return STATES.some((state) => state === text);
}
