import type { Schema } from "@/api/client";

type Overview = Schema<"Overview">;

/** How things stand on a fresh start; tests change what they are about. */
export function overview(changes: Partial<Overview> = {}): Overview {
  return {
    at: "2026-11-29T14:00:00Z",
    version: "0.1.0",
    mode: "PAPER",
    trading_state: { state: "ACTIVE", reason: null, until: null },
    paused_bots: [],
    brokers: [{ broker: "paper", at: "2026-11-29T14:00:00Z", reachable: true, message: null }],
    accounts: [],
    positions: [],
    tickets: [],
    needs: {
      approvals: [],
      logins: [],
      unreachable: [],
      unknown: [],
      failures: [],
      pursuits: [],
      unreconciled: [],
      entry_stops: [],
    },
    first_run: {
      safe: { done: true, mode: "PAPER" },
      test_alert: { done: false, ticket: null },
      real_alert: { done: false, ticket: null, refusal: null },
      limits: { done: false, limits_set: false, notifications_set: false, notification_tested_at: null },
      broker: { done: false, checks: [] },
    },
    ...changes,
  };
}

/** The row of a ticket. */
export function ticketRow(changes: Partial<Overview["tickets"][number]> = {}): Overview["tickets"][number] {
  return {
    id: "01a2299f-7d97-7f95-a737-7af93e0944b8",
    bot: "momentum",
    dialect: "strategy",
    status: "filled",
    reason: null,
    message: null,
    created_at: "2026-11-29T14:00:00Z",
    updated_at: "2026-11-29T14:00:01Z",
    symbol: "AAPL",
    intent: "enter_long",
    side: "buy",
    quantity: "10",
    filled_quantity: "10",
    average_fill_price: "190.5",
    question: null,
    expires_at: null,
    ...changes,
  };
}
