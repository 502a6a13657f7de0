import { screen, waitFor, within } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { expect, it } from "vitest";
import { show } from "@/testing/page";
import { failure, startServer } from "@/testing/server";
import { JobScreen } from "./JobScreen";
import { JobsScreen } from "./JobsScreen";
import { jobTitle } from "./jobs";

const ID = "01a229a6-5a2b-7d98-bb31-0ac132a85abf";
const WANTED = {
  from: null,
  to: null,
  horizon: null,
  bot: null,
  limit: null,
  model: null,
  min_confidence: null,
  max_notional: null,
  date: null,
  set: { sl_pct: "0.02" },
  prompt: null,
  timezone: "UTC",
  symbol: null,
  alerts: "june.csv",
  bars: ["AAPL.csv"],
  broker: null,
  timeframe: "5m",
  adjust: null,
  extended: false,
};
const JOB = {
  id: ID,
  kind: "backtest",
  state: "running",
  done: 1200,
  total: 4800,
  created_at: "2026-11-29T10:00:00Z",
  started_at: "2026-11-29T10:00:01Z",
  ended_at: null,
  message: null,
  wanted: WANTED,
  result: null,
};
const METRICS = {
  net_profit: "-120.50",
  total_return: "-0.001205",
  buy_and_hold: "0.02",
  max_drawdown: "0.004",
  max_drawdown_amount: "400.00",
  sharpe: -1.234567,
  sortino: null,
  win_rate: "0.5",
  profit_factor: "0.8",
  expectancy: "-60.25",
  trades: 1,
};
const TRADE = {
  symbol: "AAPL",
  bot: "default",
  side: "sell",
  quantity: "10",
  entry_time: "2026-06-02T14:00:00Z",
  entry_price: "190.5",
  exit_time: "2026-06-02T15:00:00Z",
  exit_price: "202.55",
  gain: "-120.50",
  fees: "1",
  reason: "stop_loss",
};
const REPORT = {
  from: "2026-06-01T13:30:00Z",
  to: "2026-06-30T20:00:00Z",
  alerts: 3,
  currency: "INR",
  bars: { AAPL: 1560 },
  settings: {},
  initial_equity: "100000",
  final_equity: "99879.50",
  fees: "1",
  slippage: "0.40",
  metrics: METRICS,
  refusals: { DAILY_ORDER_CAP: 2 },
  trades: [TRADE],
  open_trades: [],
  comparison: [{ trade: "1", theirs: {}, ours: null, difference: null, why: "Not traded here." }],
  equity_curve: [
    ["2026-06-01T13:30:00Z", "100000"],
    ["2026-06-02T15:00:00Z", "99600"],
    ["2026-06-30T20:00:00Z", "99879.50"],
  ],
  bots: {},
  notes: ["june.csv, line 4 was refused: no symbol."],
};

const BROKERS = [
  { broker: "alpaca", configured: true, capabilities: { bars: ["equity"] } },
  { broker: "paper", configured: true, capabilities: { bars: [] } },
  { broker: "fyers", configured: false, capabilities: { bars: ["equity"] } },
];

function open(at: string) {
  return show(
    <Routes>
      <Route path="/jobs" element={<JobsScreen />} />
      <Route path="/jobs/:job" element={<JobScreen />} />
    </Routes>,
    { at },
  );
}

function serve(job: unknown = JOB) {
  return startServer({
    "GET /api/jobs": { body: { jobs: [JOB] } },
    [`GET /api/jobs/${ID}`]: { body: job },
    "GET /api/bots": { body: { bots: [] } },
    "GET /api/brokers": { body: { brokers: BROKERS } },
    "POST /api/jobs": { status: 202, body: { id: ID } },
  });
}

async function openForm() {
  const { user } = open("/jobs");
  await user.click(await screen.findByRole("button", { name: "New job" }));
  return user;
}

it("starts a backtest with its files and what is set differently, and shows how far it is", async () => {
  const server = serve();
  const user = await openForm();

  await user.upload(screen.getByLabelText("Alerts"), new File(["a,b\n1,2\n"], "june.csv"));
  await user.upload(screen.getByLabelText("Bars"), new File(["time,open\n"], "prices.csv"));
  await user.type(screen.getByLabelText("Symbol"), "AAPL");
  await user.type(screen.getByLabelText("Set differently"), "sl_pct=0.02\n\n paper_fee_pct = 0.001");
  await user.click(screen.getByRole("button", { name: "Start" }));

  expect(await screen.findByText("1,200 of 4,800 steps")).toBeTruthy();
  const sent = server.asked.find(({ method }) => method === "POST");
  expect(sent?.body).toEqual({
    kind: "backtest",
    alerts: { name: "june.csv", text: "a,b\n1,2\n" },
    bars: [{ name: "prices.csv", text: "time,open\n", symbol: "AAPL" }],
    set: { sl_pct: "0.02", paper_fee_pct: "0.001" },
    symbol: "AAPL",
    timezone: "UTC",
    timeframe: "5m",
    adjust: "split",
    extended: false,
  });
});

it("has the bars of a broker that is set up and keeps some", async () => {
  const server = serve();
  const user = await openForm();

  await user.upload(screen.getByLabelText("Alerts"), new File(["a"], "june.csv"));
  const source = await screen.findByLabelText("Bars from");
  expect([...source.children].map(({ textContent }) => textContent)).toEqual(["files", "Alpaca"]);
  await user.selectOptions(source, "alpaca");
  expect(screen.queryByLabelText("Bars")).toBeNull();
  await user.selectOptions(screen.getByLabelText("Length of bars"), "1h");
  await user.selectOptions(screen.getByLabelText("Shares adjusted for"), "raw");
  await user.selectOptions(screen.getByLabelText("Hours"), "all");
  await user.click(screen.getByRole("button", { name: "Start" }));

  await screen.findByText("1,200 of 4,800 steps");
  const sent = server.asked.find(({ method }) => method === "POST");
  expect(sent?.body).toMatchObject({ bars: "alpaca", timeframe: "1h", adjust: "raw", extended: true });
});

it("offers nothing but files where no broker keeps bars here", async () => {
  const server = serve();
  server.on("GET /api/brokers", { body: { brokers: BROKERS.slice(1) } });
  await openForm();

  await waitFor(() => expect(server.asked.some(({ path }) => path === "/api/brokers")).toBe(true));
  expect(screen.queryByLabelText("Bars from")).toBeNull();
  expect(screen.getByLabelText("Bars")).toBeTruthy();
});

it("asks for the days where no file of alerts is given, and for key=value", async () => {
  const server = serve();
  const user = await openForm();

  expect(screen.getByLabelText("From").hasAttribute("required")).toBe(true);
  await user.upload(screen.getByLabelText("Alerts"), new File(["x"], "june.csv"));
  expect(screen.getByLabelText("From").hasAttribute("required")).toBe(false);
  await user.type(screen.getByLabelText("Set differently"), "sl_pct 0.02");
  await user.click(screen.getByRole("button", { name: "Start" }));

  expect(screen.getByText("“sl_pct 0.02” is not written as key=value.")).toBeTruthy();
  expect(server.asked.some(({ method }) => method === "POST")).toBe(false);
});

it("says that files are too large before they are sent", async () => {
  const server = serve();
  const user = await openForm();

  await user.upload(screen.getByLabelText("Bars"), new File(["x".repeat(16_000_001)], "years.csv"));
  await user.click(screen.getByRole("button", { name: "Start" }));

  expect(screen.getByText("The files are larger than 16 MB together.")).toBeTruthy();
  expect(server.asked.some(({ method }) => method === "POST")).toBe(false);
});

it("shows why a backtest was refused", async () => {
  const server = serve();
  server.on("POST /api/jobs", {
    status: 409,
    body: failure("REQUEST_REFUSED", "prices.csv does not say whose bars it has."),
  });
  const user = await openForm();

  await user.upload(screen.getByLabelText("Alerts"), new File(["x"], "june.csv"));
  await user.click(screen.getByRole("button", { name: "Start" }));

  expect(await screen.findByText("prices.csv does not say whose bars it has.")).toBeTruthy();
});

it("starts a day once more", async () => {
  const server = serve();
  const user = await openForm();

  await user.selectOptions(screen.getByLabelText("What"), "day");
  expect(screen.queryByText(/costs tokens/)).toBeNull();
  await user.type(screen.getByLabelText("Model"), "gpt-9");
  expect(screen.getByText(/costs tokens/)).toBeTruthy();
  await user.type(screen.getByLabelText("Day"), "2026-06-02");
  await user.type(screen.getByLabelText("Set differently"), "daily_order_cap=5");
  await user.click(screen.getByRole("button", { name: "Start" }));

  await screen.findByRole("button", { name: "Cancel the job" });
  const sent = server.asked.find(({ method }) => method === "POST");
  expect(sent?.body).toEqual({
    kind: "replay",
    date: "2026-06-02",
    model: "gpt-9",
    set: { daily_order_cap: "5" },
  });
});

it("shows figures, equity, trades, refusals and where the files are", async () => {
  serve({ ...JOB, state: "done", ended_at: "2026-11-29T10:01:00Z", result: REPORT });
  open(`/jobs/${ID}`);

  const figures = within(await screen.findByRole("list", { name: "Figures of the backtest" }));
  expect(figures.getByText("−0.12%", { exact: false })).toBeTruthy();
  expect(figures.getByText("−1.23")).toBeTruthy();
  expect(screen.getByRole("img", { name: /largest drawdown was 0.4%/ })).toBeTruthy();
  const trades = within(screen.getByRole("table", { name: "Trades of the backtest" }));
  expect(trades.getByText("stop loss")).toBeTruthy();
  expect(trades.getByText("short")).toBeTruthy();
  expect(screen.getByText("DAILY_ORDER_CAP")).toBeTruthy();
  expect(screen.getByText("Not traded here.")).toBeTruthy();
  expect(screen.getByText("june.csv, line 4 was refused: no symbol.")).toBeTruthy();
  expect(figures.getByText(/−₹120\.50/)).toBeTruthy();
  expect(trades.getByText(/−₹120\.50/)).toBeTruthy();
  const link = screen.getByRole("link", { name: /^report\.html/ });
  expect(link.getAttribute("href")).toBe(`/api/jobs/${ID}/files/report.html`);
});

it("shows which tickets of a day would come to something else", async () => {
  const then = { status: "ordered", reason: null, orders: ["buy 10 MSFT"] };
  const ticket = {
    ticket: ID,
    bot: "default",
    dialect: "strategy",
    at: "2026-06-02T14:00:00Z",
    symbol: "MSFT",
    then,
    now: { status: "denied", reason: "DAILY_ORDER_CAP", orders: [] },
    message: "The day's orders are used up.",
    differs: true,
  };
  const same = { ...ticket, ticket: ID.replace("0", "1"), symbol: "AAPL", now: then, differs: false };
  const result = { date: "2026-06-02", tickets: [ticket, same], differences: 1, notes: [] };
  serve({ ...JOB, kind: "replay", state: "done", wanted: { ...WANTED, date: "2026-06-02" }, result });
  open(`/jobs/${ID}`);

  expect(await screen.findByText("denied DAILY_ORDER_CAP")).toBeTruthy();
  expect(screen.getByText("buy 10 MSFT")).toBeTruthy();
  expect(screen.queryByText("AAPL")).toBeNull();
});

it("names each job by what it does", () => {
  const asked = (kind: "backtest" | "replay", changes: object) =>
    jobTitle({ kind, wanted: { ...WANTED, ...changes } });

  expect(asked("backtest", {})).toBe("Backtest of june.csv: sl_pct 0.02");
  expect(asked("backtest", { set: null, broker: "alpaca", timeframe: "1h" })).toBe(
    "Backtest of june.csv: bars of 1h from Alpaca",
  );
  expect(
    asked("backtest", { alerts: null, set: null, bot: "swing", from: "2026-06-01", to: "2026-06-02" }),
  ).toBe("Backtest of swing's alerts from 2026-06-01 to 2026-06-02");
  expect(asked("replay", { date: "2026-06-02", set: {}, model: "gpt-9" })).toBe(
    "Replay of tickets of 2026-06-02: model gpt-9",
  );
});
