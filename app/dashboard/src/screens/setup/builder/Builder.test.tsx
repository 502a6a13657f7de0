import { readFileSync } from "node:fs";
import { screen } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { bot } from "@/testing/bots";
import { show } from "@/testing/page";
import { startServer } from "@/testing/server";
import { wholeTicket } from "@/testing/tickets";
import { BuilderScreen } from "./BuilderScreen";
import { checkJson, forPreview, messageWarnings } from "./checks";
import { type Move, sampleOf } from "./placeholders";
import { asCurl, asPython } from "./snippets";
import { SOURCES, type Source, type SourceName, sourcesOf } from "./sources";

const CHART = { symbol: "NASDAQ:MSFT", price: "410.25", contracts: "3", move: "enter" } as const;

function messageOf(name: SourceName, of = bot()): string {
  const source: Source = SOURCES[name];
  return source.message(Object.fromEntries(source.fields(of).map((spec) => [spec.name, spec.initial])), of);
}

function builder(at = "/setup/builder", role: "operator" | "viewer" = "operator") {
  const setting = { is_set: true, is_secret: false, source: "environment", default: null, meaning: "" };
  const settings = [{ name: "PUBLIC_URL", value: "https://gate.example.com", ...setting }];
  const { orders: _, ...ticket } = wholeTicket({ status: "ordered" });
  const server = startServer({
    "GET /api/bots": { body: { bots: [bot(), bot({ id: "condors", number: 7, structure: "iron_condor" })] } },
    "GET /api/tickets": { body: { tickets: [], next: null } },
    "GET /api/refusals": { body: { refusals: [] } },
    "GET /api/settings": { body: { version: "1", settings, warnings: [] } },
    "POST /api/preview": { body: { ...ticket, orders: [] } },
    "POST /api/share": {
      body: {
        url: "https://gate.example.com/share/abc",
        expires_at: new Date(Date.now() + 600_000).toISOString(),
      },
    },
  });
  return { server, ...show(<BuilderScreen />, { at, role }) };
}

const message = () =>
  screen.findByRole<HTMLTextAreaElement>("textbox", { name: "The message, as it is pasted" });

beforeEach(() => sessionStorage.clear());

describe("the builder", () => {
  it("puts a pasted secret into the message, and into no preview and no store but this tab's", async () => {
    const { server, user } = builder();
    await user.type(await screen.findByLabelText("The bot's secret"), "s3cret-of-mine");

    expect((await message()).value).toContain('"secret": "s3cret-of-mine"');
    await screen.findByText(/would be the ticket's state/);
    const previews = server.asked.filter(({ path }) => path === "/api/preview");
    expect(previews.length).toBeGreaterThan(0);
    expect(JSON.stringify(previews)).not.toContain("s3cret-of-mine");
    expect(JSON.stringify({ ...localStorage })).not.toContain("s3cret-of-mine");
  });

  it("previews what TradingView would fill in, for the chosen bot", async () => {
    const { server } = builder();
    await screen.findByText(/would be the ticket's state/);

    const asked = server.asked.find(({ path }) => path === "/api/preview");
    expect(asked?.body).toMatchObject({
      bot: "default",
      symbol: "AAPL",
      strategy_order_action: "buy",
      market_position: "long",
      prev_market_position: "flat",
    });
  });

  it("keeps what was written by hand, says what is wrong, and finds back", async () => {
    const { user } = builder();
    const area = await message();
    await user.clear(area);
    await user.type(area, '{{"symbol": "AAPL" oops}');

    expect(await screen.findByText(/It is not valid JSON/)).toBeDefined();
    await user.click(screen.getByRole("button", { name: "Back to the template" }));
    expect(await screen.findByText("Valid JSON")).toBeDefined();
  });

  it("gives a bot of options its commands first, with the account's secret in the address", async () => {
    const { user } = builder("/setup/builder?bot=condors");
    await user.type(await screen.findByLabelText("The account's secret"), "11111111-2222");

    const address = await screen.findByRole("region", { name: "address for alerts" });
    expect(address.textContent).toBe("https://gate.example.com/webhook/11111111-2222/enter/7");
  });

  it("draws a one-time link for the phone", async () => {
    const { server, user } = builder();
    await user.click(await screen.findByRole("button", { name: "Show a code for the phone" }));

    expect(await screen.findByRole("img", { name: /QR code of a link/ })).toBeDefined();
    expect(server.asked.find(({ path }) => path === "/api/share")?.body).toMatchObject({
      address: "https://gate.example.com/webhook",
    });
  });

  it("says whose a pasted message is, and keeps that service's secret from the preview", async () => {
    const { server, user } = builder("/setup/builder?source=foreign");
    const { orders: _, ...ticket } = wholeTicket({ status: "ordered", dialect: "pickmytrade" });
    const recognised = { dialect: "pickmytrade", service: "PickMyTrade" };
    server.on("POST /api/preview", { body: { ...ticket, orders: [], recognised } });
    const area = await message();
    await user.clear(area);
    await user.type(area, '{{"symbol": "AAPL", "data": "buy", "quantity": 1, "token": "s3cret-of-theirs"}');

    expect(await screen.findByText("Recognised: PickMyTrade")).toBeDefined();
    const hidden = { bot: "default", symbol: "AAPL", token: "***" };
    await vi.waitFor(() => expect(server.asked.at(-1)?.body).toMatchObject(hidden));
    expect(JSON.stringify(server.asked)).not.toContain("s3cret-of-theirs");
  });

  it("previews a line of text as it stands, for the chosen bot", async () => {
    const { server, user } = builder("/setup/builder?source=foreign");
    const area = await message();
    await user.clear(area);
    await user.type(area, "buy AAPL 10");

    expect(await screen.findByText("A line of text")).toBeDefined();
    await vi.waitFor(() => expect(server.asked.at(-1)?.body).toBe("buy AAPL 10"));
    expect(server.asked.at(-1)?.query.get("bot")).toBe("default");
  });

  it("asks for no preview where a viewer looks", async () => {
    const { server } = builder("/setup/builder", "viewer");

    expect(await screen.findByText(/Viewers see no preview/)).toBeDefined();
    expect(server.asked.some(({ path }) => path === "/api/preview")).toBe(false);
  });
});

describe("a message", () => {
  it.each([...sourcesOf(bot({ structure: "iron_condor" }))])(
    "of %s is JSON with known placeholders",
    (name) => {
      const text = messageOf(name);
      const sample = sampleOf(CHART);
      const warnings = messageWarnings({
        message: text,
        sample,
        source: SOURCES[name],
        largest: 4096,
        secret: "given",
      });

      expect(checkJson(text, sample).error).toBeNull();
      expect(warnings).toEqual([]);
    },
  );

  it.each([
    ["strategy", "prev_market_position"],
    ["bridge", "fund_id"],
  ] as const)("of %s is the one that the README tells", (name, mark) => {
    const readme = readFileSync("../../README.md", "utf-8");
    const blocks = Array.from(readme.matchAll(/```\n(\{.*?\n\})\n```/gs), ([, block]) => block ?? "");
    const documented: unknown = JSON.parse(blocks.find((block) => block.includes(mark)) ?? "null");

    expect({ secret: "YOUR_SECRET", ...checkJson(messageOf(name), {}).alert }).toEqual(
      typeof documented === "object" ? { secret: "YOUR_SECRET", ...documented } : null,
    );
  });

  it("of the bridge has a key that tells side, size, position, order and time apart", () => {
    const keys = (["enter", "exit"] as const satisfies readonly Move[]).map((move) => {
      const { alert } = checkJson(messageOf("bridge"), { ...sampleOf({ ...CHART, move }), timenow: "T" });
      return alert?.idempotency_key;
    });

    expect(keys).toEqual([
      "tv_breakout_v1-NASDAQ:MSFT-60-buy-3-3-long-T",
      "tv_breakout_v1-NASDAQ:MSFT-60-sell-3-0-Close long-T",
    ]);
  });

  it("of an option has a key that tells contract and size apart", () => {
    expect(messageOf("option")).toContain('"NSE:NIFTY-weekly-ATM-CE-SELL-65-{{timenow}}"');
  });

  it("is previewed without its secret", () => {
    expect(forPreview({ token: "t", secret: "s", symbol: "A" }, SOURCES.strategy, bot())).toEqual({
      bot: "default",
      symbol: "A",
    });
  });

  it.each([
    ['{"a": 1}', /Without {{timenow}}/],
    ['{"t": "{{timenow}}", "x": "{{tickr}}"}', /fills in no {{tickr}}/],
    ['{"t": "{{timenow}}", "x": "{{strategy.order.id}}"}', /for strategies alone/],
    [`{"t": "{{timenow}}", "x": "${"x".repeat(5000)}"}`, /MAX_CONTENT_LENGTH allows 4096/],
  ])("%.50s is warned about", (text, words) => {
    const facts = { sample: sampleOf(CHART), source: SOURCES.indicator, largest: 4096, secret: "given" };
    expect(
      messageWarnings({ message: text, ...facts })
        .map((warning) => warning.text)
        .join(),
    ).toMatch(words);
  });

  it("may hold line breaks in texts, as TradingView writes them", () => {
    expect(checkJson('{"comment": "two\nlines"}', {}).error).toBeNull();
  });

  it("is told where it is broken", () => {
    expect(checkJson('{\n  "a": 1\n  "b": 2\n}', {}).error).toMatch(/line 3/);
  });

  it("becomes programs that put in the time themselves", () => {
    const text = messageOf("code");
    expect(asCurl("https://g/webhook", text, "s")).toContain(`"time": "'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'"`);
    expect(asPython("https://g/webhook", text, "s")).toContain('headers={"X-Bot-Secret": "s"}');
  });
});
