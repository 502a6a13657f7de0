/** The documented messages, one for each kind of sender; what a person fills in stands in `fields`. */

import type { Schema } from "@/api/client";

export type Bot = Schema<"Bot">;
export type Values = Readonly<Record<string, string>>;
/** Placeholders and what stands in their place when an alert is tried. */
export type Sample = Readonly<Record<string, string>>;

export interface FieldSpec {
  name: string;
  label: string;
  initial: string;
  /** A choice instead of a text: value and words. */
  choices?: Readonly<Record<string, string>>;
  isDecimal?: boolean;
  /** It counts only where another field has this value. */
  onlyWhere?: { name: string; value: string };
}

export interface Source {
  label: string;
  hint: string;
  /** Below the public address; `SECRET` stands for the account's secret. */
  path: (values: Values, bot: Bot) => string;
  fields: (bot: Bot) => readonly FieldSpec[];
  /** The message as it is pasted, with `SECRET` where the bot's secret goes. */
  message: (values: Values, bot: Bot) => string;
  /** TradingView sends it, so it may hold placeholders and the advice for its dialog is shown. */
  sender: "strategy" | "indicator" | "other" | "code" | "command";
  /** The message may be any other service's, or a line of text. */
  isForeign?: boolean;
  /** Where the preview finds the bot: most dialects name it in `bot`. */
  botField?: "fund_id";
}

/** What stands in a message and in an address for the secret. */
export const SECRET = "YOUR_SECRET";

const DIRECTIONS = {
  "long buy": "Buy: enter long",
  "long sell": "Sell what was bought: exit long",
  "short sell": "Sell short: enter short",
  "short buy": "Buy back: exit short",
} as const;

function json(fields: Record<string, string | number | object | undefined>): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== "")),
    null,
    2,
  );
}

function direction(): FieldSpec {
  return { name: "direction", label: "It means", initial: "long buy", choices: DIRECTIONS };
}

function size(bot: Bot): FieldSpec[] {
  return bot.use_strategy_contracts
    ? [{ name: "quantity", label: "Units to trade", initial: "1", isDecimal: true }]
    : [];
}

function order(values: Values): { strategy_order_id: string; strategy_order_action: string } {
  const [id = "long", action = "buy"] = (values.direction ?? "").split(" ");
  return { strategy_order_id: id, strategy_order_action: action };
}

const TRADINGVIEW_STRATEGY: Source = {
  label: "TradingView strategy",
  hint: "One alert for every order of a strategy. The four position fields let Gatehouse follow it, whatever its order ids are.",
  sender: "strategy",
  path: () => "/webhook",
  fields: () => [{ name: "name", label: "Your strategy's name", initial: "my_strategy" }],
  message: ({ name }) =>
    json({
      secret: SECRET,
      symbol: "{{ticker}}",
      exchange: "{{exchange}}",
      strategy_order_id: "{{strategy.order.id}}",
      strategy_order_action: "{{strategy.order.action}}",
      strategy_order_contracts: "{{strategy.order.contracts}}",
      strategy_order_price: "{{strategy.order.price}}",
      market_position: "{{strategy.market_position}}",
      market_position_size: "{{strategy.market_position_size}}",
      prev_market_position: "{{strategy.prev_market_position}}",
      prev_market_position_size: "{{strategy.prev_market_position_size}}",
      // Only kept: it tells strategies and timeframes apart, so that two alerts never look alike.
      chart: `${name} {{interval}}`,
      time: "{{timenow}}",
    }),
};

const TRADINGVIEW_INDICATOR: Source = {
  label: "TradingView indicator",
  hint: "An indicator knows no orders: make one alert for each thing that it shall do.",
  sender: "indicator",
  path: () => "/webhook",
  fields: (bot) => [
    direction(),
    ...size(bot),
    { name: "name", label: "Your indicator's name", initial: "my_indicator" },
  ],
  message: (values) =>
    json({
      secret: SECRET,
      symbol: "{{ticker}}",
      exchange: "{{exchange}}",
      ...order(values),
      strategy_order_contracts: values.quantity,
      strategy_order_price: "{{close}}",
      chart: `${values.name} {{interval}}`,
      time: "{{timenow}}",
    }),
};

const OPTION: Source = {
  label: "Indian option",
  hint: "A contract in words, for a bot at Fyers. The key names contract, side and size, so that a call and a put of one second differ.",
  sender: "indicator",
  path: () => "/webhook",
  fields: () => [
    { name: "symbol", label: "Underlying", initial: "NSE:NIFTY" },
    { name: "strike", label: "Strike", initial: "ATM" },
    { name: "type", label: "Type", initial: "CE", choices: { CE: "Call (CE)", PE: "Put (PE)" } },
    {
      name: "expiry",
      label: "Expiry",
      initial: "weekly",
      choices: { weekly: "This week", next: "Next", monthly: "This month" },
    },
    {
      name: "action",
      label: "It means",
      initial: "SELL",
      choices: { SELL: "Sell: open or add", BUY: "Buy: cover" },
    },
    { name: "qty", label: "Units (whole lots)", initial: "65", isDecimal: true },
  ],
  message: ({ symbol, strike, type, expiry, action, qty }) =>
    json({
      token: SECRET,
      symbol,
      strikeprice: strike,
      optionType: type,
      expiry,
      action,
      qty,
      idempotency_key: `${symbol}-${expiry}-${strike}-${type}-${action}-${qty}-{{timenow}}`,
      time: "{{timenow}}",
    }),
};

const IDEA: Source = {
  label: "Trade idea (Optionomics)",
  hint: "Optionomics writes the message itself: give it the address. This is one of its ideas, to see what would become of it.",
  sender: "other",
  path: () => `/webhooks/optionomics/trade-ideas?secret=${SECRET}`,
  fields: () => [
    { name: "symbol", label: "Symbol", initial: "NVDA" },
    {
      name: "direction",
      label: "Direction",
      initial: "bullish",
      choices: { bullish: "Bullish", bearish: "Bearish", neutral: "Neutral" },
    },
    { name: "entry", label: "Entry price", initial: "142.5", isDecimal: true },
    { name: "target", label: "Target price", initial: "148.0", isDecimal: true },
    { name: "stop", label: "Stop price", initial: "139.0", isDecimal: true },
  ],
  message: ({ symbol, direction, entry, target, stop }) =>
    json({
      alert_name: `High confidence ${direction} ideas`,
      source: "trade_idea",
      symbol,
      direction,
      strategy: direction === "bearish" ? "buy_put" : "buy_call",
      model: "swing",
      entry_price: entry,
      target_price: target,
      stop_price: stop,
      triggered_at: "{{timenow}}",
      matched_criteria: { direction: direction ?? "", confidence_min: 0.75 },
    }),
};

const BRIDGE: Source = {
  label: "Bridge",
  hint: "A strict order message: one order, taken as it stands. A field that it does not know is refused.",
  sender: "strategy",
  botField: "fund_id",
  path: () => "/tradingview/webhook",
  fields: () => [
    { name: "name", label: "Your strategy's name", initial: "tv_breakout_v1" },
    {
      name: "type",
      label: "Order",
      initial: "market",
      choices: { market: "At the market", limit: "Limit at the alert's price" },
    },
  ],
  message: ({ name, type }, bot) =>
    json({
      secret: SECRET,
      strategy_id: name,
      fund_id: bot.id,
      symbol: "{{exchange}}:{{ticker}}",
      side: "{{strategy.order.action}}",
      quantity: "{{strategy.order.contracts}}",
      order_type: type,
      limit_price: type === "limit" ? "{{strategy.order.price}}" : undefined,
      actor: "tradingview",
      time: "{{timenow}}",
      idempotency_key:
        `${name}-{{exchange}}:{{ticker}}-{{interval}}-{{strategy.order.action}}-{{strategy.order.contracts}}-` +
        "{{strategy.market_position_size}}-{{strategy.order.id}}-{{timenow}}",
    }),
};

const FOREIGN: Source = {
  label: "Another service",
  hint: "Paste the message that it sends, or a line of text, over this one: the preview says whose it is and what it would do. The secret travels in the address.",
  sender: "strategy",
  isForeign: true,
  path: () => `/webhook?secret=${SECRET}`,
  fields: () => [],
  message: (_, bot) =>
    json({
      ticker: "{{ticker}}",
      action: "{{strategy.order.action}}",
      quantity: bot.use_strategy_contracts ? "{{strategy.order.contracts}}" : undefined,
      price: "{{strategy.order.price}}",
      strategy_order_id: "{{strategy.order.id}}",
      market_position: "{{strategy.market_position}}",
      time: "{{timenow}}",
    }),
};

const CODE: Source = {
  label: "My own code",
  hint: "A request that any program can make. The secret travels in a header.",
  sender: "code",
  path: () => "/webhook",
  fields: (bot) => [
    { name: "symbol", label: "Symbol", initial: bot.allowed_symbols?.[0] ?? "AAPL" },
    direction(),
    ...size(bot),
    { name: "price", label: "Price now", initial: "190.50", isDecimal: true },
  ],
  message: (values) =>
    json({
      symbol: values.symbol,
      ...order(values),
      strategy_order_contracts: values.quantity,
      strategy_order_price: values.price,
      time: "{{timenow}}",
    }),
};

const COMMAND: Source = {
  label: "Bot command (options)",
  hint: "Enters and leaves structures of options by this bot's settings. The account's secret stands in the address, so keep it as you keep a password.",
  sender: "command",
  path: ({ command }, bot) => `/webhook/${SECRET}/${command === "exit" ? "exit" : `enter/${bot.number}`}`,
  fields: () => [
    {
      name: "command",
      label: "It means",
      initial: "enter",
      choices: { enter: "Enter by the bot's settings", exit: "Leave trades of this bot" },
    },
    {
      name: "close",
      label: "It leaves",
      initial: "all",
      choices: { all: "all of them", newest: "the newest", oldest: "the oldest" },
      onlyWhere: { name: "command", value: "exit" },
    },
  ],
  message: ({ command, close }, bot) =>
    json({
      ...(command === "exit" ? { bot: bot.number, close } : {}),
      idempotency_key: `{{ticker}} ${command} {{timenow}}`,
      time: "{{timenow}}",
    }),
};

/** Every kind of sender. */
export const SOURCES = {
  strategy: TRADINGVIEW_STRATEGY,
  indicator: TRADINGVIEW_INDICATOR,
  option: OPTION,
  idea: IDEA,
  bridge: BRIDGE,
  foreign: FOREIGN,
  code: CODE,
  command: COMMAND,
} as const satisfies Record<string, Source>;

export type SourceName = keyof typeof SOURCES;

/** The sources that a bot can have: commands are for structures of options. */
export function sourcesOf(bot: Bot): SourceName[] {
  const names: SourceName[] = ["strategy", "indicator", "option", "idea", "bridge", "foreign", "code"];
  return bot.structure === null ? names : ["command", ...names];
}

/** The addresses of bot commands, the account's secret left out. */
export function commandAddresses(bot: Bot): readonly (readonly [string, string, string])[] {
  const root = `/webhook/${SECRET}`;
  return [
    ["GET", `${root}/bots`, "every bot with its number"],
    ["GET", `${root}/trades`, "every open trade with its number"],
    ["POST", `${root}/enter/${bot.number}`, "enter by this bot's settings"],
    ["POST", `${root}/enter`, "enter the legs that the body names"],
    ["POST", `${root}/exit`, "leave all trades of a bot, its newest or oldest"],
    ["POST", `${root}/exit/1`, "leave the trade with this number"],
  ];
}
