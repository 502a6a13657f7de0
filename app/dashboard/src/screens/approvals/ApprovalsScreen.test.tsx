import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { show } from "@/testing/page";
import { failure, startServer } from "@/testing/server";
import { ticketRow } from "@/testing/tickets";
import { ApprovalsScreen } from "./ApprovalsScreen";

const WAITING = ticketRow({
  status: "awaiting_approval",
  question: "Buy 5 AAPL for about 950 USD?",
  expires_at: "2099-01-01T00:00:00Z",
});
const APPROVE = `POST /api/tickets/${WAITING.id}/approve`;

function serve(rows = [WAITING]) {
  return startServer({ "GET /api/tickets": { body: { tickets: rows, next: null } } });
}

it("asks for what waits and shows what is asked", async () => {
  const server = serve();
  show(<ApprovalsScreen />);

  expect(await screen.findByText("Buy 5 AAPL for about 950 USD?")).toBeTruthy();
  expect(server.asked[0]?.query.get("status")).toBe("awaiting_approval");
});

it("sends one decision however often it is pressed", async () => {
  const server = serve();
  server.on(APPROVE, { body: {} });
  const { user } = show(<ApprovalsScreen />);

  const button = await screen.findByRole("button", { name: "Approve: Buy 5 AAPL" });
  await user.dblClick(button);

  expect(server.asked.filter(({ method }) => method === "POST")).toHaveLength(1);
});

it("keeps the way to what came of a decision when the card is gone", async () => {
  const server = serve();
  server.on(APPROVE, { body: {} });
  const { user } = show(<ApprovalsScreen />);

  await user.click(await screen.findByRole("button", { name: "Approve: Buy 5 AAPL" }));

  const link = await screen.findByRole("link", { name: "Buy 5 AAPL" });
  expect(link.getAttribute("href")).toBe(`/tickets/${WAITING.id}`);
});

it("says so when somebody else was first", async () => {
  const server = serve();
  server.on(APPROVE, { status: 409, body: failure("APPROVAL_OVER", "It was decided already.") });
  const { user } = show(<ApprovalsScreen />);

  await user.click(await screen.findByRole("button", { name: "Approve: Buy 5 AAPL" }));

  expect(await screen.findByText("It was decided already.")).toBeTruthy();
});

it("lets a viewer look and change nothing", async () => {
  const server = serve();
  const { user } = show(<ApprovalsScreen />, { role: "viewer" });

  await user.click(await screen.findByRole("button", { name: /Approve: Buy 5 AAPL/ }));

  expect(server.asked.filter(({ method }) => method === "POST")).toEqual([]);
});

it("says when nothing waits", async () => {
  serve([]);
  show(<ApprovalsScreen />);

  expect(await screen.findByText("Nothing waits.")).toBeTruthy();
});
