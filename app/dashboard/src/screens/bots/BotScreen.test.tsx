import { screen, waitFor, within } from "@testing-library/react";
import { Link, Route, Routes } from "react-router";
import { expect, it } from "vitest";
import { botCard, KEYS, storedBot } from "@/testing/bots";
import { overview } from "@/testing/overview";
import { show } from "@/testing/page";
import { failure, startServer } from "@/testing/server";
import { BotScreen } from "./BotScreen";

const BOT = "GET /api/bots/momentum";
const PATCH = "PATCH /api/bots/momentum";

function tagged(etag: string, changes: Parameters<typeof storedBot>[0] = {}) {
  return { body: storedBot(changes), headers: { ETag: etag } };
}

function open() {
  const server = startServer({
    [BOT]: tagged('"1"'),
    [PATCH]: tagged('"2"', { base_order_pct: "0.05" }),
    "GET /api/bot-cards": { body: { bots: [botCard()] } },
    "GET /api/bots/schema": { body: { keys: KEYS, default_broker: "paper" } },
    "GET /api/overview": { body: overview() },
  });
  const page = show(
    <Routes>
      <Route
        path="/bots/:bot"
        element={
          <>
            <Link to="/elsewhere">Elsewhere</Link>
            <BotScreen />
          </>
        }
      />
      <Route path="/elsewhere" element={<p>You are elsewhere.</p>} />
    </Routes>,
    { at: "/bots/momentum" },
  );
  return { server, ...page };
}

async function typeShare(user: ReturnType<typeof open>["user"], text: string) {
  const field = await screen.findByLabelText("Share of the account");
  await user.clear(field);
  await user.type(field, text);
}

it("shows what differs before it saves over the version that was seen", async () => {
  const { server, user } = open();

  await typeShare(user, "5");
  await user.click(screen.getByRole("button", { name: "Review and save" }));
  const row = within(screen.getByRole("row", { name: /Share of the account/ }));
  expect(row.getByText("2 %")).toBeTruthy();
  expect(row.getByText("5 %")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Save 1 change" }));

  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const sent = server.asked.find(({ method }) => method === "PATCH");
  expect([sent?.headers.get("If-Match"), sent?.body]).toEqual(['"1"', { base_order_pct: "0.05" }]);
});

it("shows both versions when somebody was faster, and keeps what was typed", async () => {
  const { server, user } = open();
  server.on(PATCH, { status: 412, body: failure("PRECONDITION_FAILED") });

  await typeShare(user, "5");
  server.on(BOT, tagged('"7"', { base_order_pct: "0.03", sl_pct: "0.04" }));
  await user.click(screen.getByRole("button", { name: "Review and save" }));
  await user.click(screen.getByRole("button", { name: "Save 1 change" }));

  const conflict = within(await screen.findByRole("alert"));
  expect(conflict.getByRole("radio", { name: "5 %" })).toHaveProperty("checked", true);
  expect(conflict.getByRole("radio", { name: "3 %" })).toHaveProperty("checked", false);
  expect(conflict.getByText("4 %")).toBeTruthy();

  server.on(PATCH, tagged('"8"', { base_order_pct: "0.05", sl_pct: "0.04" }));
  await user.click(conflict.getByRole("button", { name: "Go on with these" }));
  await user.click(screen.getByRole("button", { name: "Review and save" }));
  await user.click(screen.getByRole("button", { name: "Save 1 change" }));

  await waitFor(() => expect(screen.queryByLabelText("Unsaved changes")).toBeNull());
  const last = server.asked.filter(({ method }) => method === "PATCH").at(-1);
  expect([last?.headers.get("If-Match"), last?.body]).toEqual(['"7"', { base_order_pct: "0.05" }]);
});

it("saves all the same when only the bot's state has moved the version", async () => {
  const { server, user } = open();

  await typeShare(user, "5");
  server.on(BOT, tagged('"2"', { state: "HALTED" }));
  server.on(PATCH, ({ headers }) =>
    headers.get("If-Match") === '"2"' ? tagged('"3"') : { status: 412, body: failure("PRECONDITION_FAILED") },
  );
  await user.click(screen.getByRole("button", { name: "Review and save" }));
  await user.click(screen.getByRole("button", { name: "Save 1 change" }));

  await waitFor(() => expect(screen.queryByLabelText("Unsaved changes")).toBeNull());
});

it("asks for the bot's name before it may use real money", async () => {
  const { user } = open();

  await user.click(await screen.findByText("Real money"));
  await user.click(await screen.findByLabelText("Real money may be used"));
  await user.click(screen.getByRole("button", { name: "Review and save" }));
  expect(screen.getByRole("button", { name: /Save 1 change/ }).getAttribute("aria-disabled")).toBe("true");

  await user.type(screen.getByLabelText("Type Momentum to agree"), "Momentum");
  expect(screen.getByRole("button", { name: "Save 1 change" }).getAttribute("aria-disabled")).toBeNull();
});

it("tells which setting is stricter than the bot", async () => {
  open();

  const field = await screen.findByLabelText("Entries a day");
  const words = document.getElementById(field.getAttribute("aria-describedby")?.split(" ").at(-1) ?? "");
  expect(words?.textContent).toContain("In effect: 5, by DAILY_ORDER_CAP");
});

it("asks before what is typed is left behind", async () => {
  const { user } = open();
  await typeShare(user, "5");

  await user.click(screen.getByRole("link", { name: "Elsewhere" }));
  await user.click(screen.getByRole("button", { name: "Stay here" }));
  expect(screen.getByLabelText("Share of the account")).toHaveProperty("value", "5");

  await user.click(screen.getByRole("link", { name: "Elsewhere" }));
  await user.click(screen.getByRole("button", { name: "Leave without saving" }));
  expect(await screen.findByText("You are elsewhere.")).toBeTruthy();
});

it("shows a new secret once", async () => {
  const { server, user } = open();
  server.on("POST /api/bots/momentum/secret", {
    body: { secret: "s3cret", previous_valid_until: "2026-12-01T10:00:00Z" },
  });

  await user.click(await screen.findByRole("button", { name: "New secret" }));
  await user.click(screen.getByRole("button", { name: "Make a new secret" }));
  expect(await screen.findByText("s3cret")).toBeTruthy();

  await user.click(screen.getByRole("button", { name: "I have copied it" }));
  expect(screen.queryByText("s3cret")).toBeNull();
});
