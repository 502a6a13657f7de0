import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { show } from "@/testing/page";
import { startServer } from "@/testing/server";
import { SettingsScreen } from "./SettingsScreen";

const SECRET = {
  name: "ALPACA_SECRET_KEY",
  value: null,
  is_set: true,
  is_secret: true,
  source: "environment",
  default: null,
  meaning: "Signs in at Alpaca.",
};
const PORT = { ...SECRET, name: "PORT", value: "8080", is_secret: false, meaning: "Where it listens." };
const DEED = {
  id: "01a229a6-5a2b-7d98-bb31-0ac132a85abf",
  at: "2026-11-29T10:00:00Z",
  who: "operator",
  what: "change_bot",
  subject: "default",
  before: { base_order_pct: "0.02", name: "Default" },
  after: { base_order_pct: "0.05", name: "Default" },
};

function serve() {
  return startServer({
    "GET /api/settings": { body: { version: "1.2.3", settings: [SECRET, PORT], warnings: ["Short token."] } },
    "GET /api/audit": { body: { audit: [DEED], next: null } },
  });
}

it("shows values, but of secrets only that they are set", async () => {
  serve();
  show(<SettingsScreen />);

  expect(await screen.findByText("8080")).toBeTruthy();
  expect(screen.getByText("set")).toBeTruthy();
  expect(screen.getByText("Short token.")).toBeTruthy();
});

it("finds a setting by what it means", async () => {
  serve();
  const { user } = show(<SettingsScreen />);

  await screen.findByText("8080");
  await user.type(screen.getByLabelText("Find a setting"), "listens");

  expect(screen.queryByText("ALPACA_SECRET_KEY")).toBeNull();
});

it("tells who changed what, and only what changed", async () => {
  serve();
  show(<SettingsScreen />);

  expect(await screen.findByText("change bot: default")).toBeTruthy();
  expect(screen.getByText(/0\.02 → 0\.05/)).toBeTruthy();
  expect(screen.queryByText(/Default → Default/)).toBeNull();
});

it("does not ask whether a message arrived that nobody was sent", async () => {
  const server = serve();
  server.on("POST /api/notifications/test", { status: 202, body: { status: "not_set_up" } });
  const { user } = show(<SettingsScreen />);

  await user.click(await screen.findByRole("button", { name: "Send me a test message" }));

  expect(await screen.findByText(/Nothing was sent: set NOTIFICATION_URL/)).toBeTruthy();
  expect(screen.queryByText("Sent: did it arrive?")).toBeNull();
});

it("asks whether a message arrived that was sent", async () => {
  const server = serve();
  server.on("POST /api/notifications/test", { status: 202, body: { status: "sent" } });
  const { user } = show(<SettingsScreen />);

  await user.click(await screen.findByRole("button", { name: "Send me a test message" }));

  expect(await screen.findByRole("button", { name: "Sent: did it arrive?" })).toBeTruthy();
});

it("leaves out of a change what was not set before nor after", async () => {
  const made = { ...DEED, before: null, after: { name: "Swing", max_debit: null } };
  startServer({
    "GET /api/settings": { body: { version: "1.2.3", settings: [SECRET], warnings: [] } },
    "GET /api/audit": { body: { audit: [made], next: null } },
  });
  show(<SettingsScreen />);

  expect((await screen.findByText("name")).parentElement?.textContent).toContain("Swing");
  expect(screen.queryByText("max_debit")).toBeNull();
});
