import { screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { show } from "@/testing/page";
import { startServer } from "@/testing/server";
import { useContact } from "./changes";
import { answer, api } from "./client";
import { pauseAfterFailures, pauseMs, quicken } from "./pace";
import { useLive } from "./queries";

const NOTHING = {
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

function changes(cursor: string, changed: string[] = []) {
  return { body: { cursor, topics: NOTHING, changed } };
}

function Page() {
  const contact = useContact();
  const state = useLive({
    key: ["state"],
    topics: ["state"],
    read: () => answer(api.GET("/api/trading-state")),
  });
  return (
    <p>
      {contact.isLost ? "lost" : "heard"} {state.data?.state ?? "?"}
    </p>
  );
}

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
});

afterEach(() => {
  vi.useRealTimers();
});

it("reads again what changed, and only that", async () => {
  const server = startServer({
    "GET /api/changes": changes("1"),
    "GET /api/trading-state": { body: { state: "ACTIVE", reason: null, until: null } },
  });
  show(<Page />);
  await screen.findByText("heard ACTIVE");

  server.on("GET /api/trading-state", { body: { state: "HALTED", reason: null, until: null } });
  server.on("GET /api/changes", changes("2", ["tickets"]));
  await vi.advanceTimersByTimeAsync(3000);
  expect(screen.getByText("heard ACTIVE")).toBeDefined();

  server.on("GET /api/changes", changes("3", ["state"]));
  await vi.advanceTimersByTimeAsync(3000);
  expect(screen.getByText("heard HALTED")).toBeDefined();
  expect(
    server.asked
      .filter(({ path }) => path === "/api/changes")
      .at(-1)
      ?.query.get("after"),
  ).toBe("3");
});

it("says after three failures that contact is lost", async () => {
  const server = startServer({
    "GET /api/changes": changes("1"),
    "GET /api/trading-state": { body: { state: "ACTIVE", reason: null, until: null } },
  });
  show(<Page />);
  await screen.findByText("heard ACTIVE");

  server.disconnect();
  await vi.advanceTimersByTimeAsync(30_000);

  await waitFor(() => expect(screen.getByText("lost ACTIVE")).toBeDefined());
});

it("asks sooner after somebody did something, and ever later while nobody answers", () => {
  expect(pauseMs(0)).toBe(1500);
  quicken(0);
  expect([pauseMs(29_999), pauseMs(30_000)]).toEqual([1000, 1500]);
  expect([1, 2, 3, 4, 9].map(pauseAfterFailures)).toEqual([1500, 3000, 6000, 12_000, 15_000]);
});
