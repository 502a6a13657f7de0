import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { show } from "@/testing/page";
import { failure, startServer } from "@/testing/server";
import { ticketRow } from "@/testing/tickets";
import { TicketsScreen } from "./TicketsScreen";

const BOTS = { body: { bots: [{ id: "default", name: "Default" }] } };

function serve(tickets: unknown[], next: string | null = null) {
  return startServer({ "GET /api/bots": BOTS, "GET /api/tickets": { body: { tickets, next } } });
}

it("shows what came of each alert, and why", async () => {
  serve([ticketRow({ status: "denied", reason: "MARKET_CLOSED", message: "The market is closed." })]);
  show(<TicketsScreen />, { at: "/logs" });

  expect(await screen.findByRole("link", { name: "Buy 5 AAPL" })).toBeTruthy();
  expect(screen.getByText("The market is closed.")).toBeTruthy();
});

it("asks for what the address says and lets it be cleared", async () => {
  const server = serve([]);
  const { user } = show(<TicketsScreen />, { at: "/logs?status=denied&q=AAPL" });

  await user.click((await screen.findAllByRole("button", { name: "Clear filters" }))[0] ?? document.body);

  const asked = server.asked
    .filter(({ path }) => path === "/api/tickets")
    .map(({ query }) => query.toString());
  expect(asked).toEqual(["q=AAPL&status=denied&limit=50&view=rows", "limit=50&view=rows"]);
});

it("goes on with older tickets", async () => {
  const server = serve([ticketRow()], "01a229a6-0000-7000-8000-000000000000");
  const { user } = show(<TicketsScreen />, { at: "/logs" });

  await user.click(await screen.findByRole("button", { name: "Older" }));

  await screen.findByRole("button", { name: "Newest" });
  expect(server.asked.at(-1)?.query.get("after")).toBe("01a229a6-0000-7000-8000-000000000000");
});

it("says while the tickets before are shown that others are on their way", async () => {
  const server = serve([ticketRow()], "01a229a6-0000-7000-8000-000000000000");
  const { user } = show(<TicketsScreen />, { at: "/logs" });
  const older = await screen.findByRole("button", { name: "Older" });
  let send = (_: unknown) => {};
  const answered = new Promise<unknown>((resolve) => {
    send = resolve;
  });
  server.on("GET /api/tickets", async () => ({ body: await answered }));

  await user.click(older);
  const panel = await screen.findByRole("region", { name: "Older tickets" });
  const isBusy = () => panel.querySelector("[aria-busy=true]")?.textContent?.includes("Buy 5 AAPL") ?? false;
  const wasBusy = isBusy();
  send({ tickets: [ticketRow({ symbol: "MSFT" })], next: null });

  expect(wasBusy).toBe(true);
  expect(await screen.findByRole("link", { name: "Buy 5 MSFT" })).toBeTruthy();
  expect(isBusy()).toBe(false);
});

it("says how to begin where no alert has come", async () => {
  serve([]);
  show(<TicketsScreen />, { at: "/logs" });

  expect(await screen.findByText("No alert has come yet.")).toBeTruthy();
});

it("says what is wrong where tickets cannot be read", async () => {
  startServer({
    "GET /api/bots": BOTS,
    "GET /api/tickets": { status: 400, body: failure("X", "No such day.") },
  });
  show(<TicketsScreen />, { at: "/logs" });

  expect(await screen.findByText("No such day.")).toBeTruthy();
});
