import { screen } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { expect, it } from "vitest";
import type { Schema } from "@/api/client";
import { show } from "@/testing/page";
import { startServer } from "@/testing/server";
import { wholeTicket } from "@/testing/tickets";
import { TicketScreen } from "./TicketScreen";

const REASONS = {
  body: { reasons: [{ code: "SHORT_DISABLED", sentence: "Short selling is off.", cure: "Allow it." }] },
};

const ORDER: Schema<"Order"> = {
  client_order_id: "default-0",
  broker_order_id: "paper-1",
  broker: "paper",
  bot: "default",
  ticket: "01a229a6-5a2b-7d98-bb31-0ac132a85abf",
  role: "entry",
  symbol: "AAPL",
  side: "buy",
  quantity: "5",
  notional: null,
  type: "market",
  limit_price: null,
  stop_price: null,
  status: "filled",
  filled_quantity: "5",
  average_fill_price: "100",
  fees: "0",
  created_at: "2026-11-29T23:31:37.643870Z",
  filled_at: "2026-11-29T23:31:37.643870Z",
};

function resend(ticket: string | null) {
  const text = `strategy alert came again from 52.89.214.238; answered as the first one; ticket ${ticket}`;
  return { at: "2026-11-29T23:31:38Z", level: "info", source: "default", text, ticket };
}

function open(ticket = wholeTicket()) {
  const server = startServer({
    [`GET /api/tickets/${ticket.id}`]: { body: ticket },
    "GET /api/reasons": REASONS,
    "GET /api/logs": ({ query }) => ({
      body: { lines: [resend(query.get("q"))], next: null, available: true },
    }),
  });
  const page = show(
    <Routes>
      <Route path="/tickets/:ticket" element={<TicketScreen />} />
    </Routes>,
    { at: `/tickets/${ticket.id}` },
  );
  return { ...page, server };
}

it("says in one sentence what came of it", async () => {
  open();

  expect(await screen.findByText("Bought 5 AAPL at 190.50.")).toBeTruthy();
});

it("shows the gate that refused with its figures and what to do", async () => {
  open(
    wholeTicket({
      status: "denied",
      reason: "SHORT_DISABLED",
      message: "Short selling is off: ALLOW_SHORT_SELLING false.",
      gates: [
        { gate: "short_selling", passed: false, code: "SHORT_DISABLED", detail: "ALLOW_SHORT_SELLING false" },
      ],
    }),
  );

  expect(await screen.findByText("Denied: Short selling is off: ALLOW_SHORT_SELLING false.")).toBeTruthy();
  expect(screen.getByText("ALLOW_SHORT_SELLING false")).toBeTruthy();
  expect(await screen.findByText(/Allow it\./)).toBeTruthy();
});

it("previews the alert without its masked secret and for its bot", async () => {
  const { user, server } = open();
  server.on("POST /api/preview", { body: { ...wholeTicket(), orders: [] } });

  await user.click(await screen.findByRole("button", { name: "Preview" }));

  await screen.findByText(/It would send no order/);
  const asked = server.asked.find(({ path }) => path === "/api/preview");
  expect(asked?.body).toEqual({ symbol: "AAPL", bot: "default" });
});

it("approves what waits, once", async () => {
  const waiting = wholeTicket({ status: "awaiting_approval", question: "Buy 5 AAPL for about $950?" });
  const { user, server } = open(waiting);
  server.on(`POST /api/tickets/${waiting.id}/approve`, { body: {} });

  await user.click(await screen.findByRole("button", { name: "Approve: Buy 5 AAPL" }));

  const approvals = server.asked.filter(({ method }) => method === "POST");
  expect(approvals.map(({ path }) => path)).toEqual([`/api/tickets/${waiting.id}/approve`]);
  expect(approvals[0]?.headers.get("Idempotency-Key")).toMatch(/^[0-9a-f]{32}$/);
});

it("shows that the alert was sent again", async () => {
  open();

  expect(
    await screen.findByText("strategy alert came again from 52.89.214.238; answered as the first one"),
  ).toBeTruthy();
});

it.each([
  [["accepted", "accepted"], "in place."],
  [["filled", "canceled"], ": the stop-loss was reached."],
  [["canceled", "filled"], ": the target was reached."],
  [["canceled", "canceled"], "no longer in place."],
])("says of its exits, which are %s, that they are %s", async ([stop, target], told) => {
  const order = { ...ORDER, role: "exit", side: "sell" } as const;
  open(
    wholeTicket({
      exits: { stop_loss: "99", take_profit: "102", basis: "100", placed: true },
      orders: [
        ORDER,
        { ...order, client_order_id: "default-1-sl", status: stop },
        { ...order, client_order_id: "default-1-tp", status: target },
      ] as Schema<"Order">[],
    }),
  );

  const words = await screen.findByText(/take-profit/);
  expect(words.textContent?.endsWith(told)).toBe(true);
});
