import { answer, api, type Schema } from "@/api/client";
import { useLive } from "@/api/queries";

export type Mode = "PAPER" | "DRY RUN" | "LIVE";

/** What each mode means, for whoever points at its badge. */
export const MODE_MEANING: Record<Mode, string> = {
  PAPER: "Orders go to the built-in paper broker or to a paper account. Nothing costs money.",
  "DRY RUN": "Orders for outside brokers are checked and written down, but not sent.",
  LIVE: "A bot trades with real money.",
};

const PAPER_BROKER = "paper";

/** Tell the mode from what the settings and the bots allow. */
export function modeOf(isDryRun: boolean, bots: readonly Pick<Schema<"Bot">, "broker" | "live">[]): Mode {
  const outside = bots.filter((bot) => bot.broker !== null && bot.broker !== PAPER_BROKER);
  if (outside.length === 0) {
    return "PAPER";
  }
  if (isDryRun) {
    return "DRY RUN";
  }
  return outside.some((bot) => bot.live) ? "LIVE" : "PAPER";
}

/** The global trading state. */
export function useTradingState() {
  return useLive({
    key: ["trading-state"],
    topics: ["state"],
    read: () => answer(api.GET("/api/trading-state")),
  });
}

/** Every bot. */
export function useBots() {
  return useLive({ key: ["bots"], topics: ["bots", "state"], read: () => answer(api.GET("/api/bots")) });
}

/** Whether orders cost money; undefined until it is known. */
export function useMode(): Mode | undefined {
  const health = useLive({ key: ["health"], topics: [], read: () => answer(api.GET("/health")) });
  const bots = useBots();
  return health.data && bots.data ? modeOf(health.data.dry_run, bots.data.bots) : undefined;
}

/** How many orders wait for a person. */
export function useWaitingApprovals(): number {
  const waiting = useLive({
    key: ["tickets", { status: "awaiting_approval" }],
    topics: ["approvals"],
    read: () => answer(api.GET("/api/tickets", { params: { query: { status: "awaiting_approval" } } })),
  });
  return waiting.data?.tickets.length ?? 0;
}
