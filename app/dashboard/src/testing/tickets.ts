/** Tickets as the API answers them, for tests. */

import type { Schema } from "@/api/client";

type Ticket = Schema<"Ticket">;
type Row = Schema<"TicketRow">;

const ROW: Row = {
  id: "01a229a6-5a2b-7d98-bb31-0ac132a85abf",
  bot: "default",
  dialect: "strategy",
  status: "filled",
  reason: null,
  message: null,
  created_at: "2026-11-29T23:31:37.643870Z",
  updated_at: "2026-11-29T23:31:37.660808Z",
  symbol: "AAPL",
  intent: "enter_long",
  side: "buy",
  quantity: "5",
  filled_quantity: "5",
  average_fill_price: "190.50",
  question: null,
  expires_at: null,
};

/** A row of a list. */
export function ticketRow(changes: Partial<Row> = {}): Row {
  return { ...ROW, ...changes };
}

/** A whole ticket. */
export function wholeTicket(changes: Partial<Ticket> = {}): Ticket {
  return {
    ...ROW,
    alert: { secret: "***", symbol: "AAPL" },
    signal: { symbol: "AAPL", intent: "enter_long", side: "buy", reference_price: "190.20" },
    opinion: null,
    gates: [{ gate: "freshness", passed: true, code: null, detail: "no limit", order: "entry" }],
    orders: [],
    timeline: [
      { at: ROW.created_at, stage: "received", milliseconds: 0, detail: "127.0.0.1" },
      { at: ROW.updated_at, stage: "stored", milliseconds: 0.957, detail: null },
    ],
    entry: null,
    exits: null,
    fingerprint: null,
    ...changes,
  };
}
