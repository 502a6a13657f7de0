import type { TicketRow, TicketStatus } from "@/format/tickets";

export type Dialect = TicketRow["dialect"];
export type Reason = NonNullable<TicketRow["reason"]>;

/** What narrows the list of tickets; each stands in the address. */
export const TICKET_FILTERS = {
  q: "",
  status: "",
  bot: "",
  symbol: "",
  dialect: "",
  reason: "",
  from: "",
  to: "",
  after: "",
};

export type TicketFilters = { readonly [Name in keyof typeof TICKET_FILTERS]: string };

/** How each kind of alert is called. A new dialect without words does not compile. */
export const DIALECT_WORDS: Record<Dialect, string> = {
  strategy: "Strategy alert",
  bridge: "Bridge alert",
  option: "Option alert",
  trade_idea: "Trade idea",
  bot_command: "Bot command",
  traderspost: "TradersPost",
  pickmytrade: "PickMyTrade",
  openalgo: "OpenAlgo",
  threecommas: "3Commas",
  webhooks_bot: "tradingview-webhooks-bot",
  tutorial: "Tutorials' payload",
  text: "Line of text",
  chat: "Order by chat",
  operator: "Operator",
  circuit_breaker: "Circuit breaker",
};

/** Ask the API for what the filters say; words that it does not know narrow nothing. */
export function ticketQuery(filters: TicketFilters, limit: number) {
  const { status, dialect, reason, ...texts } = filters;
  return {
    ...Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== "")),
    ...(isStatus(status) ? { status } : {}),
    ...(isDialect(dialect) ? { dialect } : {}),
    ...(isReason(reason) ? { reason } : {}),
    limit,
    view: "rows" as const,
  };
}

function isStatus(text: string): text is TicketStatus {
  return text !== "";
}

function isDialect(text: string): text is Dialect {
  return text in DIALECT_WORDS;
}

// The server knows all reasons and refuses others with a sentence.
function isReason(text: string): text is Reason {
  return /^[A-Z_]+$/.test(text);
}
