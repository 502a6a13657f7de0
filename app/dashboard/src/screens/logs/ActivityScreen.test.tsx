import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { show } from "@/testing/page";
import { startServer } from "@/testing/server";
import { ActivityScreen } from "./ActivityScreen";

const LINE = {
  at: "2026-11-29T23:31:37Z",
  level: "warning",
  source: "default",
  text: "AAPL has no stop.",
  ticket: "01a229a6-5a2b-7d98-bb31-0ac132a85abf",
};

function serve(lines: unknown[], available = true) {
  return startServer({ "GET /api/logs": { body: { lines, next: null, available } } });
}

it("shows a line with its level and leads to its ticket", async () => {
  serve([LINE]);
  show(<ActivityScreen />, { at: "/logs/activity" });

  expect(await screen.findByText("AAPL has no stop.")).toBeTruthy();
  expect(screen.getByRole("link", { name: "Why?" }).getAttribute("href")).toBe(`/tickets/${LINE.ticket}`);
});

it("asks for the level of the address", async () => {
  const server = serve([LINE]);
  show(<ActivityScreen />, { at: "/logs/activity?level=error" });

  await screen.findByText("AAPL has no stop.");
  expect(server.asked[0]?.query.get("level")).toBe("error");
});

it("says where the lines are when no file is written", async () => {
  serve([], false);
  show(<ActivityScreen />, { at: "/logs/activity" });

  expect(await screen.findByText("No log is kept here.")).toBeTruthy();
});
