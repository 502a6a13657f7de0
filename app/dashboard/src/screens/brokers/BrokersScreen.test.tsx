import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { show } from "@/testing/page";
import { startServer } from "@/testing/server";
import { BrokersScreen } from "./BrokersScreen";
import type { BrokerCard } from "./brokers";

const CARD: BrokerCard = {
  broker: "fyers",
  configured: true,
  needs: [],
  account: "LIVE",
  sends_orders: false,
  reachable: true,
  message: null,
  asked_at: "2026-11-29T10:00:00Z",
  last_success_at: "2026-11-29T10:00:00Z",
  calls: { calls: 12, p95_milliseconds: 80, last_success_at: null },
  currency: "INR",
  equity: "250000",
  buying_power: "100000",
  login: { state: "missing", issued_at: null, expires_at: null, probed_at: null },
  contract_list: null,
  circuit_breaker: null,
  capabilities: {
    asset_classes: ["equity"],
    exits_held_by: { equity: "broker" },
    fractional: [],
    short: ["equity"],
    notional: false,
    bracket: false,
    bars: ["equity"],
    day_orders_only: true,
    market_orders_rest: true,
    structures: false,
    zone: "Asia/Kolkata",
  },
};

function serve(card: BrokerCard) {
  return startServer({ "GET /api/brokers": { body: { brokers: [card] } } });
}

it("shows what the account is worth in its own currency", async () => {
  serve(CARD);
  show(<BrokersScreen />);

  expect(await screen.findByText("₹2,50,000.00")).toBeTruthy();
  expect(screen.getByText("Real money")).toBeTruthy();
});

it("says since when a broker does not answer", async () => {
  serve({ ...CARD, reachable: false, message: "It answered 503." });
  show(<BrokersScreen />);

  expect(await screen.findByText(/It answered 503\./)).toBeTruthy();
});

it("names the settings that a broker wants", async () => {
  serve({ ...CARD, configured: false, needs: ["FYERS_APP_ID", "FYERS_SECRET_ID"] });
  show(<BrokersScreen />);

  expect(await screen.findByText(/FYERS_APP_ID=/)).toBeTruthy();
});

it("logs in by the code in a pasted address", async () => {
  const server = serve(CARD);
  server.on("GET /auth-url", {
    body: { status: "ok", url: "http://x/", expires_at: "2099-01-01T00:00:00Z" },
  });
  server.on("POST /generate-token", { body: { status: "ok", login: CARD.login } });
  const { user } = show(<BrokersScreen />);

  await user.click(await screen.findByRole("button", { name: "Log in" }));
  await user.type(await screen.findByLabelText("Address or code"), "http://127.0.0.1/cb?auth_code=abc&s=ok");
  await user.click(screen.getByRole("button", { name: "Log in with it" }));

  const sent = server.asked.find(({ path }) => path === "/generate-token");
  expect(sent?.body).toEqual({ auth_code: "abc" });
});
