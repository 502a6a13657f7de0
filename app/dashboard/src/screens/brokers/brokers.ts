import { answer, api, type Schema } from "@/api/client";
import { useLive } from "@/api/queries";

export type BrokerCard = Schema<"BrokerCard">;
export type Breaker = Schema<"CircuitBreaker">;

/** Every broker that Gatehouse knows, set up or not. */
export function useBrokers() {
  return useLive({
    key: ["brokers"],
    topics: ["logins", "positions", "orders", "state"],
    everyMs: 10_000,
    read: () => answer(api.GET("/api/brokers")),
  });
}

/** How brokers are written for people. */
export function brokerName(broker: string): string {
  return broker.charAt(0).toUpperCase() + broker.slice(1);
}

/** What kind of account it is, in a word. */
export const ACCOUNT_WORDS = {
  SIMULATED: { word: "Simulated", tone: "neutral" },
  PAPER: { word: "Paper money", tone: "neutral" },
  LIVE: { word: "Real money", tone: "warn" },
} as const satisfies Record<BrokerCard["account"], { word: string; tone: string }>;
