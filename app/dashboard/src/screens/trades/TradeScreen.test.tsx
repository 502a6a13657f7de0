import { screen } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { expect, it } from "vitest";
import { show } from "@/testing/page";
import { startServer } from "@/testing/server";
import { TradeScreen } from "./TradeScreen";
import { TradesScreen } from "./TradesScreen";
import type { Trade } from "./trades";

const CONDOR: Trade = {
  id: "s-1",
  number: 7,
  bot: "condors",
  broker: "paper",
  symbol: "SPY",
  structure: "iron_condor",
  reason: null,
  ladder: null,
  units: "2",
  legs: [
    { symbol: "SPY 2026-12-18 640 P", ratio: -1, side: "sell", entry_price: "2.10", mark: "1.90" },
    { symbol: "SPY 2026-12-18 630 P", ratio: 1, side: "buy", entry_price: "1.00", mark: "0.95" },
  ],
  entry_net: "-1.10",
  mark_net: "-0.95",
  exit_net: null,
  largest_loss: "1780",
  largest_gain: "220",
  break_evens: ["638.9"],
  profit_loss: "30.00",
  currency: "USD",
  fees: "0",
  state: "open",
  entered_at: "2026-11-29T15:00:00Z",
  closed_at: null,
  tickets: ["01a229a6-5a2b-7d98-bb31-0ac132a85abf"],
  payoff: {
    points: [
      { price: "620", profit_loss: "-1780" },
      { price: "640", profit_loss: "220" },
      { price: "660", profit_loss: "220" },
    ],
    largest_loss: "1780",
    largest_gain: "220",
    break_evens: ["638.9"],
  },
};

function serve(trade = CONDOR) {
  return startServer({
    "GET /api/trades": { body: { trades: [trade], next: null } },
    "GET /api/trades/7": { body: trade },
    "GET /api/bots": { body: { bots: [] } },
  });
}

function open(at: string) {
  return show(
    <Routes>
      <Route path="/trades" element={<TradesScreen />} />
      <Route path="/trades/:number" element={<TradeScreen />} />
    </Routes>,
    { at },
  );
}

it("lists a structure by its name, with its gain", async () => {
  serve();
  open("/trades");

  const link = await screen.findByRole("link", { name: "Iron condor in SPY" });
  expect(link.getAttribute("href")).toBe("/trades/7");
  expect(screen.getByText("+$30.00")).toBeTruthy();
});

it("shows what a structure may lose and win at expiry", async () => {
  serve();
  open("/trades/7");

  const plot = await screen.findByRole("img", {
    name: "Largest loss $1,780.00, largest gain $220.00, breaks even at 638.90.",
  });
  expect(plot.querySelectorAll("path").length).toBe(3);
});

it("closes a trade after a question, once", async () => {
  const server = serve();
  server.on("POST /api/trades/7/close", { body: {} });
  const { user } = open("/trades/7");

  await user.click(await screen.findByRole("button", { name: "Close" }));
  await user.dblClick(screen.getByRole("button", { name: "Close Iron condor in SPY" }));

  const sent = server.asked.filter(({ method }) => method === "POST");
  expect(new Set(sent.map(({ headers }) => headers.get("Idempotency-Key"))).size).toBe(1);
});

it("lets nobody close what is being left", async () => {
  serve({ ...CONDOR, state: "closing" });
  open("/trades/7");

  const button = await screen.findByRole("button", { name: /It is being left already/ });
  expect(button.getAttribute("aria-disabled")).toBe("true");
});

const SHARE: Trade = {
  ...CONDOR,
  symbol: "AAPL",
  structure: null,
  units: "10",
  entry_net: "109.68",
  mark_net: null,
  exit_net: "-109.72",
  state: "closed",
  closed_at: "2026-11-29T16:00:00Z",
  payoff: null,
};

it("shows the price of a share that was sold, not which way the money went", async () => {
  serve(SHARE);
  open("/trades");

  expect(await screen.findByText("109.72")).toBeTruthy();
  expect(screen.queryByText("−109.72")).toBeNull();
});

it("shows a short by its units, and its prices without a sign", async () => {
  serve({ ...SHARE, entry_net: "-109.68", exit_net: "108.5" });
  open("/trades");

  expect(await screen.findByText("−10")).toBeTruthy();
  expect(screen.getByText("109.68")).toBeTruthy();
  expect(screen.getByText("108.50")).toBeTruthy();
});

it("shows what a structure was left for as it shows what it is worth", async () => {
  serve({ ...CONDOR, state: "closed", closed_at: SHARE.closed_at, exit_net: "0.48" });
  open("/trades");

  expect(await screen.findByText("−0.48")).toBeTruthy();
});

it("says in words which way the money went at the exit", async () => {
  serve(SHARE);
  open("/trades/7");

  expect((await screen.findByText("Left for, received")).nextElementSibling?.textContent).toBe("109.72");
});
