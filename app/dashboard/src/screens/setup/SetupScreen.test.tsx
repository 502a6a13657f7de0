import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Schema } from "@/api/client";
import { bot } from "@/testing/bots";
import { show } from "@/testing/page";
import { failure, startServer } from "@/testing/server";
import { wholeTicket } from "@/testing/tickets";
import { addressWarnings } from "./addresses";
import { SetupScreen } from "./SetupScreen";

const NO_ALERTS = { tickets: [], next: null };

function refusal(changes: Partial<Schema<"Refusal">> = {}): Schema<"Refusal"> {
  const at = new Date().toISOString();
  return {
    at,
    address: "52.89.214.238",
    path: "/webhook",
    status: 401,
    code: "NOT_AUTHENTICATED",
    bot: null,
    sender: "TradingView",
    first_at: at,
    count: 1,
    setting: null,
    ...changes,
  };
}

function setup({ tickets = NO_ALERTS.tickets, refusals = [], publicUrl = null }: Scene = {}) {
  const setting = { is_set: true, is_secret: false, source: "environment", default: null, meaning: "" };
  const settings = [{ name: "PUBLIC_URL", value: publicUrl, ...setting }];
  const server = startServer({
    "GET /api/bots": { body: { bots: [bot(), bot({ id: "test", name: "test" })] } },
    "GET /api/tickets": { body: { tickets, next: null } },
    "GET /api/refusals": { body: { refusals } },
    "GET /api/settings": { body: { version: "1", settings, warnings: [] } },
    "GET /api/logs": { body: { lines: [], next: null, available: true } },
  });
  return { server, ...show(<SetupScreen />) };
}

interface Scene {
  tickets?: Schema<"Ticket">[];
  refusals?: Schema<"Refusal">[];
  publicUrl?: string | null;
}

it("listens, names the address of each bot, and leaves out the bot of test alerts", async () => {
  setup({ publicUrl: "https://gate.example.com" });

  const panel = await screen.findByRole("region", { name: "Default" });
  expect(await within(panel).findByText("https://gate.example.com/webhook")).toBeDefined();
  expect(screen.getByText(/Listening for the first alert/)).toBeDefined();
  expect(screen.queryByRole("region", { name: "test" })).toBeNull();
  expect(screen.queryByText(/cloudflared/)).toBeNull();
});

it("says when, from where and to what the last alert came", async () => {
  const received = { stage: "received", at: "2026-11-29T23:31:37Z", milliseconds: 0 } as const;
  setup({ tickets: [wholeTicket({ timeline: [{ ...received, detail: "52.89.214.238" }] })] });

  const panel = await screen.findByRole("region", { name: "Default" });
  expect((await within(panel).findByRole("link", { name: /Buy 5 AAPL/ })).getAttribute("href")).toMatch(
    /^\/tickets\//,
  );
  expect(panel.textContent).toContain("from TradingView (52.89.214.238)");
  expect(panel.textContent).toContain("Filled");
});

it("does not take a test alert or the operator's own order for an alert", async () => {
  setup({ tickets: [wholeTicket({ bot: "test" }), wholeTicket({ dialect: "operator" })] });

  expect(await screen.findByText(/Listening for the first alert/)).toBeDefined();
});

it("names what was refused last with its cure", async () => {
  setup({ refusals: [refusal()] });

  expect(await screen.findByText("No or a wrong secret.")).toBeDefined();
  expect(screen.getAllByText(/Copy the message anew/).length).toBeGreaterThan(0);
});

it("leaves out what a browser was refused, which is no alert", async () => {
  setup({ refusals: [refusal({ path: "/api/bots", sender: null })] });

  expect(await screen.findByText("Nothing was refused.")).toBeDefined();
});

it("shows a new secret once, after asking", async () => {
  const { server, user } = setup();
  server.on("POST /api/bots/default/secret", {
    body: { secret: "made-just-now", previous_valid_until: "2026-12-01T10:00:00Z" },
  });

  await user.click(await screen.findByRole("button", { name: "Make a new secret" }));
  const dialog = await screen.findByRole("dialog");
  expect(dialog.textContent).toContain("24 hours");
  await user.click(within(dialog).getByRole("button", { name: "Make a new secret" }));

  expect(await screen.findByText("made-just-now")).toBeDefined();
});

it("says what to do when the bots cannot be read", async () => {
  startServer({ "GET /api/bots": { status: 400, body: failure("REQUEST_INVALID", "No.") } });
  show(<SetupScreen />);

  expect(await screen.findByText("The bots could not be read.")).toBeDefined();
});

describe("an address", () => {
  it.each([
    ["http://127.0.0.1:8080", /Only this machine/],
    ["http://192.168.1.4:8080", /Only your own network/],
    ["http://[::1]:8080", /Only this machine/],
    ["https://gate.example.com:8443", /ports 80 and 443/],
    ["https://[2001:db8::1]", /IPv6/],
    ["http://gate.example.com", /can read the secret/],
    ["gate.example.com", /begins with https/],
  ])("%s is warned about", (base, words) => {
    expect(
      addressWarnings(base)
        .map(({ text }) => text)
        .join(),
    ).toMatch(words);
  });

  it("of this machine comes with the command of a tunnel", () => {
    expect(addressWarnings("http://127.0.0.1:9000")[0]?.command).toBe(
      "cloudflared tunnel --url http://localhost:9000",
    );
  });

  it("that TradingView reaches is not warned about", () => {
    expect(addressWarnings("https://gate.example.com")).toEqual([]);
  });
});
