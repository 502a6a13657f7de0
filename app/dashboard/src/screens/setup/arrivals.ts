/** Alerts that came in: the last of a bot, and where it came from. */

import { answer, api, type Schema } from "@/api/client";
import { useLive } from "@/api/queries";

type Ticket = Schema<"Ticket">;
type Row = Schema<"TicketRow">;

/** The bot of test alerts: it has no alerts of its own. */
export const TEST_BOT = "test";
const OURS: ReadonlySet<Ticket["dialect"]> = new Set(["operator", "circuit_breaker"]);
const LOOKED_AT = 10;
const TRADINGVIEW = new Set(["52.89.214.238", "34.212.75.30", "54.218.53.128", "52.32.178.7"]);

/** Read the last alert that came from outside, of one bot or of all; null: none yet. */
export function useLastAlert(bot?: string) {
  return useLive({
    key: ["tickets", "last alert", bot ?? ""],
    topics: ["tickets"],
    read: async () => {
      const query = { ...(bot === undefined ? {} : { bot }), limit: LOOKED_AT, view: "full" as const };
      const { tickets } = await answer(api.GET("/api/tickets", { params: { query } }));
      const rows: readonly (Ticket | Row)[] = tickets;
      return rows.find(isReal) ?? null;
    },
  });
}

// The API answers rows or whole tickets; these are whole.
function isReal(row: Ticket | Row): row is Ticket {
  return "timeline" in row && row.bot !== TEST_BOT && !OURS.has(row.dialect);
}

/** Say where an alert came from. */
export function senderOf(ticket: Ticket): string {
  const address = ticket.timeline.find(({ stage }) => stage === "received")?.detail ?? "";
  return TRADINGVIEW.has(address) ? `TradingView (${address})` : address || "an unknown address";
}
