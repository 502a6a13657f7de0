/** Tickets in words: what was meant, and what came of it. */

import type { Schema } from "@/api/client";
import { formatQuantity } from "./numbers";

export type TicketRow = Schema<"TicketRow">;
export type TicketStatus = TicketRow["status"];
type Intent = NonNullable<TicketRow["intent"]>;

type Tone = "neutral" | "accent" | "gain" | "loss" | "warn";

/** What each state is called, and how it is coloured. A new state without words does not compile. */
export const STATUS_WORDS: Record<TicketStatus, { word: string; tone: Tone }> = {
  received: { word: "Received", tone: "accent" },
  researching: { word: "Researching", tone: "accent" },
  awaiting_approval: { word: "Waits for you", tone: "warn" },
  pursuing: { word: "Pursuing the exit", tone: "warn" },
  ordered: { word: "Ordered", tone: "accent" },
  dry_run: { word: "Dry run", tone: "neutral" },
  skipped: { word: "Skipped", tone: "neutral" },
  denied: { word: "Denied", tone: "neutral" },
  rejected: { word: "Rejected by broker", tone: "loss" },
  unknown: { word: "Outcome unknown", tone: "warn" },
  expired: { word: "Expired", tone: "neutral" },
  failed: { word: "Failed", tone: "loss" },
  partially_filled: { word: "Partly filled", tone: "accent" },
  filled: { word: "Filled", tone: "gain" },
  canceled: { word: "Canceled", tone: "neutral" },
};

const UNDER_WAY: ReadonlySet<TicketStatus> = new Set([
  "received",
  "researching",
  "pursuing",
  "ordered",
  "unknown",
  "partially_filled",
]);

/** True while something may still happen without anybody's doing. */
export function isUnderWay(status: TicketStatus): boolean {
  return UNDER_WAY.has(status);
}

const INTENT_WORDS: Record<Intent, string> = {
  enter_long: "Buy",
  exit_long: "Sell out of",
  enter_short: "Sell short",
  exit_short: "Buy back",
  close: "Close",
  target: "Bring to its size",
  order: "Order",
  cover: "Cover",
  cancel: "Cancel the order in",
  modify: "Change the order in",
  enter_structure: "Enter",
  exit_structure: "Leave",
};

const SIDE_WORDS = { buy: "Buy", sell: "Sell" } as const;

/** What a title is made of. */
export type Titled = Pick<
  TicketRow,
  "intent" | "side" | "quantity" | "symbol" | "filled_quantity" | "reason"
>;

/** Say what an alert meant: "Buy 10 AAPL". Its quantity is the last order's, and so is the word for it. */
export function ticketTitle(row: Titled): string {
  const quantity = row.quantity === null ? "" : formatQuantity(row.quantity);
  if (row.intent === "enter_structure" || row.intent === "exit_structure") {
    const what = quantity === "" ? "a structure" : `${quantity} structure${quantity === "1" ? "" : "s"}`;
    return `${INTENT_WORDS[row.intent]} ${what} in ${row.symbol ?? ""}`.trimEnd();
  }
  return [verbOf(row), quantity, row.symbol ?? ""].filter((word) => word !== "").join(" ");
}

function verbOf({ intent, side, reason, filled_quantity: filled }: Titled): string {
  if (intent === null) {
    return "Alert";
  }
  // Of a reversal whose entry was refused only the exit was done: nothing was sold short.
  const isHalf = (intent === "enter_long" || intent === "enter_short") && reason !== null && filled !== null;
  return side !== null && (isHalf || intent === "target") ? SIDE_WORDS[side] : INTENT_WORDS[intent];
}
