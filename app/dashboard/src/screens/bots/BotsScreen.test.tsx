import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { botCard } from "@/testing/bots";
import { overview, ticketRow } from "@/testing/overview";
import { show } from "@/testing/page";
import { failure, startServer } from "@/testing/server";
import { BotsScreen } from "./BotsScreen";
import type { BotCard } from "./bots";

function serve(...cards: BotCard[]) {
  return startServer({
    "GET /api/bot-cards": { body: { bots: cards } },
    "GET /api/overview": { body: overview() },
  });
}

it("shows how much of each limit is used, and the figure alone where there is none", async () => {
  serve(
    botCard({
      orders_today: 3,
      notional_today: "6000",
      limits: {
        daily_order_cap: 4,
        daily_notional_cap: null,
        max_open_positions: null,
        daily_loss_limit: null,
      },
    }),
  );
  show(<BotsScreen />);

  const bar = await screen.findByRole("meter", { name: "Entries today" });
  expect(bar.getAttribute("aria-valuetext")).toBe("3 of 4");
  expect(screen.getByText("$6,000.00")).toBeTruthy();
});

it("leads from the last alert to its why", async () => {
  serve(botCard({ last_ticket: ticketRow({ id: "t-1" }) }));
  show(<BotsScreen />);

  const link = await screen.findByRole("link", { name: "Buy 10 AAPL" });
  expect(link.getAttribute("href")).toBe("/tickets/t-1");
});

it("pauses one bot with a reason", async () => {
  const server = serve(botCard());
  server.on("PUT /api/bots/momentum/trading-state", {
    body: { state: "REDUCING", reason: "news", until: null },
  });
  const { user } = show(<BotsScreen />);

  await user.click(await screen.findByRole("button", { name: "Pause Momentum" }));
  const dialog = within(screen.getByRole("dialog", { name: "Pause Momentum" }));
  await user.type(dialog.getByLabelText("Reason"), "news");
  await user.click(dialog.getByRole("button", { name: "Only exits for Momentum" }));

  const sent = server.asked.find(({ method }) => method === "PUT");
  expect(sent?.body).toEqual({ state: "REDUCING", reason: "news" });
});

it("says why a bot is paused, and offers to let it go on", async () => {
  serve(botCard({ state: "HALTED", state_reason: "news" }));
  show(<BotsScreen />);

  expect(await screen.findByText(/None of its alerts trades: news/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Resume Momentum" })).toBeTruthy();
});

it("says what to do when the bots cannot be read", async () => {
  const server = serve();
  server.on("GET /api/bot-cards", { status: 400, body: failure("STORE_UNAVAILABLE") });
  show(<BotsScreen />);

  expect(await screen.findByRole("button", { name: "Try again" })).toBeTruthy();
});
