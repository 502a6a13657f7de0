/** What is typed in the wizard, and the bot that it makes. */

import type { Bot, BotKeys } from "../bots";
import type { BotKey, KeyName } from "../labels";
import { type Draft, isSameValue, type KeyValue, readText } from "../values";

/** The four steps, as they stand in the address. */
export const STEPS = ["name", "size", "limits", "review"] as const;
export type Step = (typeof STEPS)[number];

export const STEP_WORDS: Record<Step, string> = {
  name: "Name and broker",
  size: "Size",
  limits: "Limits and exits",
  review: "Review",
};

/** How an entry is sized. */
export type SizeWay = "base_order_pct" | "notional" | "risk_pct" | "risk_amount" | "use_strategy_contracts";

export interface NewBot {
  /** Empty: made from the name. */
  id: string;
  way: SizeWay;
  texts: Draft;
  /** Of the alert that the bot is tried with. */
  symbol: string;
  price: string;
}

export const NOTHING_TYPED: NewBot = { id: "", way: "base_order_pct", texts: {}, symbol: "", price: "100" };

export const EXIT_KEYS: readonly KeyName[] = ["attach_sl_tp", "sl_pct", "tp_pct", "trailing_stop_pct"];
export const LIMIT_KEYS: readonly KeyName[] = [
  "allowed_symbols",
  "max_order_notional",
  "daily_order_cap",
  "daily_notional_cap",
  "daily_loss_limit",
  "max_open_positions",
  "approval",
];

const ID = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,46}[A-Za-z0-9])?$/;

/** The id that a name suggests: what stands in addresses and orders. */
export function idOf({ id, texts }: NewBot): string {
  return id === "" ? slug(texts.name ?? "") : id;
}

function slug(name: string): string {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 48)
    .replace(/^-+|-+$/g, "");
}

/** What is wrong with an id; undefined: nothing. */
export function idFault(id: string, taken: readonly string[]): string | undefined {
  if (!ID.test(id)) {
    return "1 to 48 letters, digits, dots, dashes or underscores.";
  }
  return taken.includes(id) || id === "operator" ? `There is a bot ${id} already.` : undefined;
}

/** Which keys are taken from a step; of the ways to size an entry only the chosen one counts. */
export function keysOf(step: Step, { way, texts }: NewBot): readonly KeyName[] {
  switch (step) {
    case "name":
      return ["name", "broker"];
    case "size":
      return way === "use_strategy_contracts" ? [] : [way];
    case "limits":
      return [...(texts.attach_sl_tp === "true" ? EXIT_KEYS : ["attach_sl_tp" as const]), ...LIMIT_KEYS];
    case "review":
      return [];
  }
}

/** What is wrong in a step, by key. */
export function faultsOf(step: Step, draft: NewBot, keys: readonly BotKey[]): Draft {
  const found: Partial<Record<KeyName, string>> = {};
  for (const key of keys.filter(({ name }) => keysOf(step, draft).includes(name))) {
    const fault = typedFault(key, draft);
    if (fault !== undefined) {
      found[key.name] = fault;
    }
  }
  return found;
}

function typedFault(key: BotKey, { way, texts }: NewBot): string | undefined {
  const typed = texts[key.name];
  if (key.name === way && (typed ?? "").trim() === "" && key.default === null) {
    return "Needs a value: it is the size of every entry.";
  }
  return typed === undefined ? undefined : readText(key, typed).fault;
}

/** A key of the new bot that is not as by default. */
export interface Chosen {
  key: BotKey;
  value: KeyValue;
}

/** What the bot is made with beyond the defaults. */
export function chosenOf(draft: NewBot, { keys }: BotKeys): Chosen[] {
  const names = STEPS.flatMap((step) => keysOf(step, draft));
  return keys.flatMap((key) => {
    if (key.name === draft.way && key.name === "use_strategy_contracts") {
      return [{ key, value: true }];
    }
    const typed = draft.texts[key.name];
    if (typed === undefined || !names.includes(key.name)) {
      return [];
    }
    const { value } = readText(key, typed);
    return value === undefined || isSameValue(value, key.default) ? [] : [{ key, value }];
  });
}

/** What is sent to make it. */
export function bodyOf(draft: NewBot, schema: BotKeys): { [name: string]: unknown } {
  const chosen = chosenOf(draft, schema).map(({ key, value }): [string, unknown] => [key.name, value]);
  return { id: idOf(draft), ...Object.fromEntries(chosen) };
}

/** The symbol of the alert that it is tried with: one that it may enter. */
export function trialSymbol({ symbol, texts }: NewBot): string {
  return symbol || texts.allowed_symbols?.split(",")[0]?.trim() || "AAPL";
}

/** A key's value where nothing is typed. */
export function storedOf(key: BotKey): Bot[KeyName] {
  return key.default;
}
