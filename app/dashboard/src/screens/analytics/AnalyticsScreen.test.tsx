import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import {
  EQUITY,
  LATENCY,
  noTrades,
  OPINIONS,
  performance,
  REFUSALS,
  SLIPPAGE,
  twoCurrencies,
} from "@/testing/analytics";
import { show } from "@/testing/page";
import { failure, startServer } from "@/testing/server";
import { AnalyticsScreen } from "./AnalyticsScreen";

const SWITCH = {
  id: "01a229a6-5a2b-7d98-bb31-0ac132a85abf",
  who: "operator",
  what: "set_trading_state",
  subject: "every bot",
};
const RESUMED = {
  ...SWITCH,
  at: "2026-11-02T12:00:00Z",
  before: { state: "HALTED" },
  after: { state: "ACTIVE" },
};
const HALT = {
  ...SWITCH,
  at: "2026-11-02T10:00:00Z",
  before: { state: "ACTIVE" },
  after: { state: "HALTED" },
};
const EARLIER_HALT = { ...HALT, at: "2026-01-02T10:00:00Z" };
// The days of which the answers tell.
const RANGE = "/analytics?from=2026-11-01&to=2026-11-03";

function analytics(at = RANGE, answers: Record<string, object> = {}) {
  const server = startServer({
    "GET /api/bots": { body: { bots: [{ id: "swing", name: "Swing" }] } },
    "GET /api/brokers": { body: { brokers: [{ broker: "paper" }] } },
    "GET /api/audit": { body: { audit: [HALT, RESUMED, EARLIER_HALT], next: null } },
    "GET /api/analytics/performance": { body: performance() },
    "GET /api/analytics/equity": { body: EQUITY },
    "GET /api/analytics/latency": { body: LATENCY },
    "GET /api/analytics/slippage": { body: SLIPPAGE },
    "GET /api/analytics/refusals": { body: REFUSALS },
    "GET /api/analytics/opinions": { body: OPINIONS },
    ...answers,
  });
  return { server, ...show(<AnalyticsScreen />, { at }) };
}

async function card(name: string): Promise<HTMLElement> {
  const summary = await screen.findByLabelText(`${name}: what it means`);
  const item = summary.closest("li");
  if (item === null) {
    throw new Error(`${name} is no figure`);
  }
  return item;
}

it("says what trades brought, with how many beside every ratio", async () => {
  analytics();

  expect((await card("Realised gain")).textContent).toContain("+$1,234.50");
  const rate = await card("Win rate");
  expect(rate.textContent).toContain("66.7%");
  expect(rate.textContent).toContain("n = 3");
  expect(rate.textContent).toContain("more chance than rule");
});

it("explains a figure where it stands", async () => {
  const { user } = analytics();
  const tip = (await card("Profit factor")).querySelector("details");

  await user.click(screen.getByLabelText("Profit factor: what it means"));

  expect(tip?.open).toBe(true);
  expect(tip?.textContent).toContain("What was won divided by what was lost");
});

it.each([
  ["100000", "100000"],
  ["100000", "99990"],
])("tells the steps of an axis apart where a day went from %s to %s", async (before, after) => {
  const fall = String((Number(before) - Number(after)) / Number(before));
  const curve = {
    ...EQUITY.accounts[0],
    points: [
      ["2026-11-01T15:00:00Z", before],
      ["2026-11-02T15:00:00Z", after],
    ],
    drawdown: [
      ["2026-11-01T15:00:00Z", "0"],
      ["2026-11-02T15:00:00Z", fall],
    ],
    max_drawdown: fall,
  };
  analytics(RANGE, { "GET /api/analytics/equity": { body: { ...EQUITY, ...curve, accounts: [curve] } } });

  const figure = await screen.findByRole("figure", { name: "Paper (USD)" });
  const steps = [...figure.querySelectorAll("svg text")].map(({ textContent: text }) => text ?? "");
  const values = steps.filter((text) => /[$%]/.test(text));

  expect(values.length).toBeGreaterThan(4);
  expect(new Set(values).size).toBe(values.length);
});

it("gives every chart a sentence", async () => {
  analytics();

  const sentences = {
    "Paper (USD)":
      "Paper went from $100,000.00 to $100,980.00; the largest drawdown was 1%. Trading was stopped once.",
    "Realised gain by day":
      "1 day of 2 with trades ended with a gain; the best was 2026-11-01 with +$1,400.00, the worst 2026-11-03 with −$165.50.",
    "Realised gain by symbol": "AAPL brought +$1,400.00, the most; TSLA brought −$165.50, the least.",
    "Latency by stage":
      "From arrival to broker: half within 12 ms, 95 of 100 within 180 ms; over 3 s at p95: TradingView to here.",
    "Slippage by symbol": "Of 24 fills the median was 4 bp, p95 −0.5 bp; the dearest was TSLA with 6.25 bp.",
    "Refusals by reason": "5 of 25 alerts were refused (20%); most often alert stale, 4 times.",
    "From alerts to closed trades": "25 alerts came; 12 entered, 11 filled; 3 trades went flat.",
    "Confidence and outcome":
      "30 opinions; of 24 that were for a trade the outcome is known: a Brier score of 0.210, better than a coin's 0.25.",
  };
  for (const [title, sentence] of Object.entries(sentences)) {
    const figure = await screen.findByRole("figure", { name: title });
    expect(figure.querySelector("figcaption p")?.textContent).toBe(sentence);
  }
});

it("shows a chart as a table too", async () => {
  const { user } = analytics();
  const figure = await screen.findByRole("figure", { name: "Realised gain by symbol" });

  await user.click(within(figure).getByText("Figures and how they are reckoned"));

  const row = await within(figure).findByRole("row", { name: /TSLA/ });
  expect(row.textContent).toContain("−$165.50");
  expect(
    within(figure).getByRole("button", { name: /Download as CSV.*Realised gain by symbol/ }),
  ).toBeDefined();
});

it("leads from a reason to the alerts that it refused", async () => {
  analytics("/analytics?bot=swing");
  const reasons = await screen.findByRole("list", { name: "Reasons" });

  expect(within(reasons).getByRole("link", { name: "Alert stale" }).getAttribute("href")).toBe(
    "/logs?reason=ALERT_STALE&from=2026-11-01&to=2026-11-03&bot=swing",
  );
});

it("adds no currencies up", async () => {
  analytics(RANGE, { "GET /api/analytics/performance": { body: twoCurrencies() } });

  const dollars = await screen.findByRole("region", { name: "Trades in USD" });
  const rupees = screen.getByRole("region", { name: "Trades in INR" });
  expect(within(dollars).getByLabelText("Figures of trades in USD").textContent).toContain("+$1,234.50");
  expect(within(rupees).getByLabelText("Figures of trades in INR").textContent).toContain("+₹1,23,456.50");
});

it("asks for what the address says", async () => {
  const { server } = analytics("/analytics?from=2026-10-01&to=2026-10-05&bot=swing&broker=paper");
  await card("Win rate");

  const asked = server.asked.filter(({ path }) => path.startsWith("/api/analytics/"));
  expect(new Set(asked.map(({ query }) => query.toString()))).toEqual(
    new Set(["from=2026-10-01&to=2026-10-05&bot=swing&broker=paper"]),
  );
  expect(asked).toHaveLength(6);
});

it("shows nothing made up before the first closed trade", async () => {
  analytics("/analytics", {
    "GET /api/analytics/performance": { body: noTrades() },
    "GET /api/analytics/equity": { body: { ...EQUITY, accounts: [] } },
    "GET /api/analytics/refusals": { body: { ...REFUSALS, alerts: 0 } },
  });

  expect(await screen.findByText("After the first closed trade")).toBeDefined();
  expect(screen.queryAllByRole("figure")).toEqual([]);
});

it("says what could not be read, beside what could", async () => {
  analytics(RANGE, {
    "GET /api/analytics/equity": { status: 404, body: failure("NOT_FOUND", "There is no bot of that name.") },
  });

  expect(await screen.findByText("There is no bot of that name.")).toBeDefined();
  expect(await screen.findByRole("figure", { name: "Latency by stage" })).toBeDefined();
});
