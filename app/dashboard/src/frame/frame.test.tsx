import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { App } from "@/App";
import { answerChallenge } from "@/api/challenges";
import { overview, ticketRow } from "@/testing/overview";
import { show } from "@/testing/page";
import { failure, type Server, startServer } from "@/testing/server";

const SESSION = { role: "operator", expires_at: "2030-01-01T00:00:00Z" };
const TOPICS = {
  tickets: 0,
  orders: 0,
  positions: 0,
  approvals: 0,
  state: 0,
  bots: 0,
  logins: 0,
  trades: 0,
  jobs: 0,
  refusals: 0,
};

let server: Server;

beforeEach(() => {
  server = startServer({
    "GET /api/session": { body: SESSION },
    "GET /api/changes": { body: { cursor: "1", topics: TOPICS, changed: [] } },
    "GET /api/overview": { body: overview() },
    "GET /api/orders": { body: { orders: [], next: null, brokers: [] } },
    "GET /api/bots": { body: { bots: [] } },
  });
});

afterEach(() => {
  answerChallenge(null);
  vi.useRealTimers();
});

function asked(methodAndPath: string) {
  return server.asked.filter(({ method, path }) => `${method} ${path}` === methodAndPath);
}

describe("the frame", () => {
  it("says whether it costs money, whether it trades, and how old the figures are", async () => {
    show(<App />);

    const header = await screen.findByRole("banner");
    await within(header).findByText("PAPER");
    expect(within(header).getByText("Trading")).toBeDefined();
    await within(header).findByText("Up to date");
  });

  it("says since when there is no contact, and that exits at the broker go on", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    show(<App />);
    await screen.findByText("Up to date");

    server.disconnect();
    await vi.advanceTimersByTimeAsync(20_000);

    expect(screen.getByText("No contact with Gatehouse")).toBeDefined();
    expect(screen.getByText(/Stops and targets at the broker keep working/)).toBeDefined();
  });

  it("tells aloud that an order waits", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const needs = { ...overview().needs, approvals: [ticketRow({ status: "awaiting_approval" })] };
    server.on("GET /api/overview", { body: overview({ needs }) });
    show(<App />);
    await screen.findByText("PAPER");

    // At most one message in ten seconds, and the clock of the test before this one went ahead.
    await vi.advanceTimersByTimeAsync(60_000);

    expect(screen.getByText("One order waits for you.").getAttribute("role")).toBe("status");
  });

  it("knows when an address has no screen", async () => {
    show(<App />, { at: "/nowhere" });

    expect(await screen.findByText("There is no screen at this address.")).toBeDefined();
  });

  it("leads to the plain page when stopping fails", async () => {
    server.on("PUT /api/trading-state", { status: 503, body: failure("STORE_UNAVAILABLE", "Not now.") });
    const { user } = show(<App />);
    await user.click((await screen.findAllByRole("button", { name: "Stop" }))[0] ?? document.body);

    await user.click(await screen.findByRole("button", { name: "Halt every bot now" }));

    const link = await screen.findByRole("link", { name: "Stop trading on a plain page" });
    expect(link.getAttribute("href")).toBe("/stop");
  });

  it("says so when nobody can be asked who is there, and asks no more until it is told to", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    server.on("GET /api/session", { status: 503, body: failure("STORE_UNAVAILABLE", "Not now.") });
    show(<App />, { role: undefined });
    await vi.advanceTimersByTimeAsync(5_000);
    await screen.findByText("Gatehouse could not be read.");

    await vi.advanceTimersByTimeAsync(20_000);

    expect(asked("GET /api/session")).toHaveLength(3);
    expect(screen.getByRole("link", { name: "Stop trading on a plain page" })).toBeDefined();
  });

  it("lists its shortcuts for whoever asks, but never while something is typed", async () => {
    const { user } = show(<App />);
    await screen.findByText("PAPER");

    await user.keyboard("?");
    expect(screen.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeDefined();
    await user.click(screen.getByRole("button", { name: "Close" }));

    await user.keyboard("{Shift>}H{/Shift}");
    await user.type(screen.getByRole("textbox", { name: "Reason" }), "why?");
    expect(screen.queryByRole("dialog", { name: "Keyboard shortcuts" })).toBeNull();
  });
});

describe("Stop", () => {
  it("halts everything with the keyboard alone", async () => {
    server.on("PUT /api/trading-state", { body: { state: "HALTED", reason: null, until: null } });
    const { user } = show(<App />);
    await screen.findByText("PAPER");

    await user.keyboard("{Shift>}H{/Shift}");
    expect(document.activeElement?.textContent).toBe("Halt every bot now");
    await user.keyboard("{Enter}");

    await waitFor(() =>
      expect(asked("PUT /api/trading-state").map(({ body }) => body)).toEqual([
        { state: "HALTED", reason: null },
      ]),
    );
    await waitFor(() => expect(screen.queryByRole("dialog", { name: "Stop trading" })).toBeNull());
  });

  it("says how many orders keep working, and takes back those that would still enter", async () => {
    const order = { client_order_id: "momentum-1", role: "entry", bot: "momentum" };
    server.on("GET /api/orders", {
      body: {
        orders: [order, { ...order, client_order_id: "momentum-1-sl", role: "exit" }],
        next: null,
        brokers: [],
      },
    });
    server.on("PUT /api/trading-state", { body: { state: "REDUCING", reason: "news", until: null } });
    server.on("DELETE /api/orders/momentum-1", { status: 204 });
    const { user } = show(<App />);
    await user.click((await screen.findAllByRole("button", { name: "Stop" }))[0] ?? document.body);

    expect(await screen.findByText(/1 order at the broker/)).toBeDefined();
    await user.click(screen.getByRole("radio", { name: /Exits only/ }));
    await user.type(screen.getByRole("textbox", { name: "Reason" }), "news");
    await user.click(screen.getByRole("checkbox", { name: "Cancel 1 order that would still enter" }));
    await user.click(screen.getByRole("button", { name: "Only exits for every bot now" }));

    await waitFor(() => expect(asked("DELETE /api/orders/momentum-1")).toHaveLength(1));
    expect(asked("PUT /api/trading-state")[0]?.body).toEqual({ state: "REDUCING", reason: "news" });
  });

  it("says what resuming means", async () => {
    server.on("GET /api/overview", {
      body: overview({ trading_state: { state: "HALTED", reason: "news", until: null } }),
    });
    const { user } = show(<App />);

    await user.click(await screen.findByRole("button", { name: "Halted" }));

    expect(screen.getByText(/the very next alert may enter again/)).toBeDefined();
    expect(screen.getByRole("button", { name: "Resume trading" })).toBeDefined();
  });
});

describe("signing in", () => {
  it("takes the token, and says what was wrong with a wrong one", async () => {
    server.on("POST /api/session", {
      status: 401,
      body: failure("NOT_AUTHENTICATED", "That is not the token."),
    });
    const { user } = show(<App />, { role: null });

    await user.type(await screen.findByLabelText("Token"), "wrong");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect((await screen.findByRole("alert")).textContent).toContain("That is not the token.");

    server.on("POST /api/session", { body: SESSION });
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByText("PAPER")).toBeDefined();
  });

  it("opens by the printed link, whose code leaves the address", async () => {
    server.on("POST /api/session", { body: SESSION });
    location.hash = "#start=abc-123";

    show(<App />, { role: undefined });

    expect(await screen.findByText("PAPER")).toBeDefined();
    expect(asked("POST /api/session").map(({ body }) => body)).toEqual([{ start: "abc-123" }]);
    expect(asked("GET /api/session")).toHaveLength(0);
    expect(location.hash).toBe("");
  });

  it("says that a link was used up, and takes the token instead", async () => {
    server.on("POST /api/session", {
      status: 401,
      body: failure("NOT_AUTHENTICATED", "This link was used."),
    });
    server.on("GET /api/session", { status: 401, body: failure("NOT_AUTHENTICATED") });
    location.hash = "#start=used-up";

    show(<App />, { role: undefined });

    expect((await screen.findByRole("alert")).textContent).toContain("This link was used.");
    expect(screen.getByLabelText("Token")).toBeDefined();
  });

  it("comes back in the middle of work, and the work goes on", async () => {
    server.on("PUT /api/trading-state", { status: 401, body: failure("NOT_AUTHENTICATED") });
    const { user } = show(<App />);
    await screen.findByText("PAPER");
    await user.keyboard("{Shift>}H{/Shift}");
    await user.type(screen.getByRole("textbox", { name: "Reason" }), "news");
    await user.click(screen.getByRole("button", { name: "Halt every bot now" }));

    const overlay = await screen.findByRole("dialog", { name: "Your session has ended" });
    server.on("POST /api/session", { body: SESSION });
    server.on("PUT /api/trading-state", { body: { state: "HALTED", reason: "news", until: null } });
    await user.type(within(overlay).getByLabelText("Token"), "the-token");
    await user.click(within(overlay).getByRole("button", { name: "Sign in" }));

    await waitFor(() => expect(asked("PUT /api/trading-state")).toHaveLength(2));
    expect(asked("PUT /api/trading-state")[1]?.body).toEqual({ state: "HALTED", reason: "news" });
  });
});
