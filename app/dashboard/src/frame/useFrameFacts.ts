import { answer, api, type Schema } from "@/api/client";
import { useLive } from "@/api/queries";

/** Whether orders can cost money. */
export type Mode = Schema<"Overview">["mode"];

/** What each mode means, for whoever points at its badge. */
export const MODE_MEANING: Record<Mode, string> = {
  PAPER: "Every order goes to a paper account. Nothing costs money.",
  "DRY RUN": "Orders for outside brokers are checked and written down, but not sent.",
  LIVE: "Orders can go to an account with real money.",
};

/** The frame and Home in one answer. */
export function useOverview({ everyMs }: { everyMs?: number } = {}) {
  return useLive({
    key: ["overview"],
    topics: ["tickets", "orders", "positions", "approvals", "state", "bots", "logins", "trades", "refusals"],
    read: () => answer(api.GET("/api/overview")),
    ...(everyMs === undefined ? {} : { everyMs }),
  });
}

/** Every bot. */
export function useBots() {
  return useLive({ key: ["bots"], topics: ["bots", "state"], read: () => answer(api.GET("/api/bots")) });
}

/** How many orders wait for a person. */
export function useWaitingApprovals(): number {
  return useOverview().data?.needs.approvals.length ?? 0;
}
