import { screen } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { expect, it } from "vitest";
import { show } from "@/testing/page";
import { failure, startServer } from "@/testing/server";
import { JobScreen } from "./JobScreen";
import { JobsScreen } from "./JobsScreen";

const ID = "01a229a6-5a2b-7d98-bb31-0ac132a85abf";
const ROW = {
  id: ID,
  kind: "replay",
  state: "running",
  done: 3,
  total: 12,
  created_at: "2026-11-29T10:00:00Z",
  started_at: "2026-11-29T10:00:01Z",
  ended_at: null,
  message: null,
  wanted: {
    from: null,
    to: null,
    horizon: "1d",
    bot: "swing",
    limit: 20,
    model: null,
    min_confidence: "0.8",
    max_notional: null,
    date: null,
    set: null,
    prompt: null,
    timezone: null,
    symbol: null,
    alerts: null,
    bars: null,
  },
  result: null,
};

function open(at: string) {
  return show(
    <Routes>
      <Route path="/jobs" element={<JobsScreen />} />
      <Route path="/jobs/:job" element={<JobScreen />} />
    </Routes>,
    { at },
  );
}

function serve() {
  return startServer({
    "GET /api/jobs": { body: { jobs: [ROW] } },
    [`GET /api/jobs/${ID}`]: { body: ROW },
    "GET /api/bots": { body: { bots: [] } },
  });
}

it("shows how far a job is", async () => {
  serve();
  open("/jobs");

  expect(await screen.findByText("Replay of swing's trade ideas: confidence from 0.8")).toBeTruthy();
  expect(screen.getByText("25 %")).toBeTruthy();
});

it("starts a replay with what was filled in and goes to it", async () => {
  const server = serve();
  server.on("POST /api/jobs", { status: 202, body: { id: ID } });
  const { user } = open("/jobs");

  await user.click(await screen.findByRole("button", { name: "New job" }));
  await user.selectOptions(screen.getByLabelText("What"), "ideas");
  await user.type(screen.getByLabelText("Lowest confidence"), "0.8");
  await user.click(screen.getByRole("button", { name: "Start" }));

  await screen.findByRole("button", { name: "Cancel the job" });
  const sent = server.asked.find(({ method }) => method === "POST");
  expect(sent?.body).toEqual({ kind: "replay", limit: 20, horizon: "1d", min_confidence: "0.8" });
});

it("says what is wrong with what was filled in", async () => {
  const server = serve();
  server.on("POST /api/jobs", {
    status: 400,
    body: failure("REQUEST_INVALID", "min_confidence is above 1."),
  });
  const { user } = open("/jobs");

  await user.click(await screen.findByRole("button", { name: "New job" }));
  await user.selectOptions(screen.getByLabelText("What"), "ideas");
  await user.click(screen.getByRole("button", { name: "Start" }));

  expect(await screen.findByText("min_confidence is above 1.")).toBeTruthy();
});

it("cancels a job", async () => {
  const server = serve();
  server.on(`DELETE /api/jobs/${ID}`, { body: { ...ROW, state: "canceled" } });
  const { user } = open(`/jobs/${ID}`);

  await user.click(await screen.findByRole("button", { name: "Cancel the job" }));

  expect(server.asked.some(({ method }) => method === "DELETE")).toBe(true);
});
