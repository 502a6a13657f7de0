import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { bot, KEYS } from "@/testing/bots";
import { show } from "@/testing/page";
import { failure, startServer } from "@/testing/server";
import { NewBotScreen } from "./NewBotScreen";

const PREVIEW = {
  status: "denied",
  reason: null,
  message: "It is closed.",
  gates: [],
  orders: [],
  signal: null,
};

function open(at = "/new-bot") {
  const server = startServer({
    "GET /api/bots": { body: { bots: [bot()] } },
    "GET /api/brokers": { body: { brokers: [] } },
    "GET /api/bots/schema": { body: { keys: KEYS, default_broker: "paper" } },
    "GET /api/settings": { body: { settings: [], warnings: [], version: "1" } },
    "GET /api/reasons": { body: { reasons: [] } },
    "POST /api/bots/preview": { body: PREVIEW },
    "POST /api/bots": {
      status: 201,
      body: { ...bot({ id: "rsi-swing", name: "RSI swing" }), secret: "s3cret" },
    },
  });
  return { server, ...show(<NewBotScreen />, { at }) };
}

async function go(user: ReturnType<typeof open>["user"], name: string, share: string) {
  await user.type(await screen.findByLabelText("Name"), name);
  await user.click(screen.getByRole("button", { name: "Next" }));
  await user.clear(screen.getByLabelText("Share of the account"));
  await user.type(screen.getByLabelText("Share of the account"), share);
  await user.click(screen.getByRole("button", { name: "Next" }));
}

it("makes a bot in four steps and shows its secret once", async () => {
  const { server, user } = open();
  await go(user, "RSI swing", "5");
  await user.type(screen.getByLabelText("Entries a day"), "3");
  await user.click(screen.getByRole("button", { name: "Next" }));
  expect(screen.getByRole("row", { name: "Entries a day 3" })).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Make this bot" }));

  expect(await screen.findByText("s3cret")).toBeTruthy();
  const made = server.asked.find(({ method, path }) => method === "POST" && path === "/api/bots");
  const wanted = { id: "rsi-swing", name: "RSI swing", base_order_pct: "0.05", daily_order_cap: 3 };
  expect(made?.body).toEqual(wanted);
  // The same bot was tried with one alert before.
  expect(server.asked.find(({ path }) => path === "/api/bots/preview")?.body).toEqual(wanted);
});

it("keeps what was typed when somebody goes back, and when it cannot be made", async () => {
  const { server, user } = open();
  server.on("POST /api/bots", { status: 503, body: failure("STORE_UNAVAILABLE", "The store is away.") });
  await go(user, "RSI swing", "5");
  await user.click(screen.getByRole("button", { name: "Next" }));
  await user.click(screen.getByRole("button", { name: "Make this bot" }));
  expect(await screen.findByText("The store is away.")).toBeTruthy();

  await user.click(screen.getByRole("button", { name: "Size" }));
  expect(screen.getByLabelText("Share of the account")).toHaveProperty("value", "5");
  await user.click(screen.getByRole("button", { name: "Name and broker" }));
  expect(screen.getByLabelText("Name")).toHaveProperty("value", "RSI swing");
});

it("says what is wrong before it goes on", async () => {
  const { user } = open();
  await user.type(await screen.findByLabelText("Name"), "Default");
  await user.click(screen.getByRole("button", { name: "Next" }));
  await waitFor(() => expect(screen.getByText("There is a bot default already.")).toBeTruthy());

  await user.clear(screen.getByLabelText("Short name"));
  await user.type(screen.getByLabelText("Short name"), "other");
  await user.click(screen.getByRole("button", { name: "Next" }));
  await user.clear(screen.getByLabelText("Share of the account"));
  await user.type(screen.getByLabelText("Share of the account"), "120");
  await user.click(screen.getByRole("button", { name: "Next" }));
  expect(screen.getByText("Must be at least 0 % and at most 100 %.")).toBeTruthy();
});

it("begins at the beginning when a later step is opened with nothing typed", async () => {
  open("/new-bot?step=review");

  expect(await screen.findByRole("heading", { name: "Name and broker" })).toBeTruthy();
});
