import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import type { Schema } from "@/api/client";
import { show } from "@/testing/page";
import { startServer } from "@/testing/server";
import { wholeTicket } from "@/testing/tickets";
import { PreviewOutcome } from "./PreviewOutcome";

type PlannedOrder = Schema<"Preview">["orders"][number];

const MARKET: PlannedOrder = {
  client_order_id: "gh-1-entry",
  symbol: "AAPL",
  side: "buy",
  role: "entry",
  type: "market",
  time_in_force: "day",
  quantity: "5",
  notional: null,
  limit_price: null,
  stop_price: null,
  take_profit: null,
  stop_loss: null,
  status: "planned",
};

function told(order: Partial<PlannedOrder>) {
  startServer({ "GET /api/reasons": { body: { reasons: [] } } });
  show(<PreviewOutcome preview={{ ...wholeTicket(), gates: [], orders: [{ ...MARKET, ...order }] }} />);
  return screen.getByRole("listitem").textContent;
}

it.each<[Partial<PlannedOrder>, string]>([
  [{}, "Would buy 5 AAPL, market"],
  [{ quantity: null, notional: "250" }, "Would buy for 250.00 of AAPL, market"],
  [{ type: "limit", limit_price: "190.5" }, "Would buy 5 AAPL, limit at 190.50"],
  [
    { type: "stop_limit", stop_price: "195", limit_price: "195.5" },
    "Would buy 5 AAPL, stop limit once the price reaches 195.00 at 195.50",
  ],
  [{ stop_loss: "180" }, "Would buy 5 AAPL, market, then stop-loss at 180.00"],
  [
    { take_profit: "210", stop_loss: "180" },
    "Would buy 5 AAPL, market, then take-profit at 210.00 and stop-loss at 180.00",
  ],
])("tells of a planned order %j all that decides its fill", (order, sentence) => {
  expect(told(order)).toBe(sentence);
});
