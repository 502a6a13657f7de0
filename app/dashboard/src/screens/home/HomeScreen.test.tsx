import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { overview, ticketRow } from "@/testing/overview";
import { show } from "@/testing/page";
import { failure, startServer } from "@/testing/server";
import { HomeScreen } from "./HomeScreen";

const TICKET = "01a2299f-7d97-7f95-a737-7af93e0944b8";

function home(changes: Parameters<typeof overview>[0] = {}) {
  const server = startServer({ "GET /api/overview": { body: overview(changes) } });
  return { server, ...show(<HomeScreen />) };
}

describe("a new owner", () => {
  it("sends a test alert and sees what came of it", async () => {
    const { server, user } = home();
    server.on("POST /api/alerts/test", () => {
      const steps = overview().first_run;
      server.on("GET /api/overview", {
        body: overview({ first_run: { ...steps, test_alert: { done: true, ticket: TICKET } } }),
      });
      return { body: { ticket: TICKET } };
    });

    await user.click(await screen.findByRole("button", { name: "Send a test alert" }));

    expect((await screen.findByRole("link", { name: "See why" })).getAttribute("href")).toBe(
      `/tickets/${TICKET}`,
    );
  });

  it("is told what was wrong with the alert that knocked", async () => {
    const steps = overview().first_run;
    const refusal = {
      at: new Date().toISOString(),
      address: "52.89.214.238",
      path: "/webhook",
      status: 401,
      code: "NOT_AUTHENTICATED",
      bot: null,
      sender: "TradingView",
      first_at: null,
      count: 1,
      setting: null,
    };
    home({ first_run: { ...steps, real_alert: { done: false, ticket: null, refusal } } });

    expect(await screen.findByText(/was refused \(401 NOT_AUTHENTICATED\)/)).toBeDefined();
  });

  it("finds the list folded below once alerts come in", async () => {
    const steps = overview().first_run;
    home({ first_run: { ...steps, real_alert: { done: true, ticket: TICKET, refusal: null } } });

    const list = (await screen.findByText("Getting started")).closest("details");
    expect(list?.open).toBe(false);
  });
});

it("shows accounts in their own currency, and what the day brought", async () => {
  home({
    accounts: [
      {
        broker: "fyers",
        currency: "INR",
        cash: "100000",
        equity: "250000.5",
        buying_power: "100000",
        at: new Date().toISOString(),
        day_began_at: null,
        day_began_with: null,
        day_pnl: "-1200.5",
        day_pnl_pct: "-0.0048",
      },
    ],
  });

  const card = await screen.findByRole("article", { name: "Account at fyers" });
  expect(card.textContent).toContain("₹2,50,000.50");
  expect(card.textContent).toContain("−₹1,200.50 −0.48% today");
});

it("shows what is held with its stop and its holder", async () => {
  home({
    positions: [
      {
        broker: "paper",
        symbol: "NVDA",
        quantity: "13.586956521",
        average_price: "147.2",
        market_price: "145.9",
        unrealized_pnl: "-17.66",
        exits: [
          { bot: "momentum", stop_loss: "145.73", take_profit: null, held_by_broker: "13", watched: "0" },
        ],
        held_by: [],
      },
    ],
  });

  const row = await screen.findByRole("row", { name: /NVDA/ });
  const cells = within(row).getAllByRole("cell");
  expect(cells.map((cell) => cell.textContent).join(" ")).toContain("13.586956521");
  expect(row.textContent).toContain("145.73");
  expect(row.textContent).toContain("nobody: opened elsewhere");
});

it("leads from a position to the trade that can be closed", async () => {
  const held = {
    broker: "paper",
    symbol: "KO",
    quantity: "8",
    average_price: "70.123456789",
    market_price: "70",
    unrealized_pnl: "0",
    exits: [],
  };
  home({ positions: [{ ...held, held_by: [{ bot: "swing", trade: 16, quantity: "8" }] }] });

  const link = await screen.findByRole("link", { name: "swing, trade 16" });
  expect(link.getAttribute("href")).toBe("/trades/16");
  expect(screen.getByRole("row", { name: /KO/ }).textContent).toContain("70.1235");
});

it("names first what needs somebody", async () => {
  const { approvals: _, ...others } = overview().needs;
  home({
    needs: {
      ...others,
      approvals: [ticketRow({ status: "awaiting_approval", question: "Buy 1.7 NVDA for about $250?" })],
      failures: [ticketRow({ id: "f", status: "rejected", message: "The broker said no." })],
    },
  });

  const panel = await screen.findByRole("region", { name: "Needs you (2)" });
  const [first, second] = within(panel).getAllByRole("listitem");
  expect(first?.textContent).toContain("Buy 1.7 NVDA for about $250?");
  expect(second?.textContent).toContain("rejected by broker");
});

it("links each ticket to its why", async () => {
  home({ tickets: [ticketRow({ status: "denied", message: "Trading is halted." })] });

  const link = await screen.findByRole("link", { name: "Buy 10 AAPL" });
  expect(link.getAttribute("href")).toBe(`/tickets/${TICKET}`);
  expect(screen.getByText("Denied")).toBeDefined();
  expect(screen.getByText("Trading is halted.")).toBeDefined();
});

it("says what to do when nothing can be read", async () => {
  startServer({ "GET /api/overview": { status: 400, body: failure("REQUEST_INVALID", "No.") } });
  const { user } = show(<HomeScreen />);

  const retry = await screen.findByRole("button", { name: "Try again" });
  startServer({ "GET /api/overview": { body: overview() } });
  await user.click(retry);

  expect(await screen.findByRole("heading", { name: "Home" })).toBeDefined();
});
