/** From what a bot has stored to what a field shows, and back. Decimals stay texts; fractions are edited as %. */

import { compareDecimals, isDecimal, shiftPoint } from "@/format/decimals";
import { formatMoney, formatPrice } from "@/format/money";
import { formatQuantity } from "@/format/numbers";
import type { Bot } from "./bots";
import { type BotKey, CHOICE_WORDS, type KeyName } from "./labels";

export type KeyValue = string | number | boolean | readonly string[] | null;

/** What is typed in fields that were touched, by key. */
export type Draft = Readonly<Partial<Record<KeyName, string>>>;

export type Read = { value: KeyValue; fault?: undefined } | { value?: undefined; fault: string };

const LISTS: ReadonlySet<BotKey["type"]> = new Set(["symbols", "windows", "label_pairs"]);
const UNIT_WORDS = { units: "units", ticks: "ticks", seconds: "seconds", minutes: "minutes" } as const;

/** The word that stands behind a field. */
export function unitOf(key: BotKey, currency: string): string | undefined {
  if (key.unit === null) {
    return undefined;
  }
  return key.unit === "fraction" ? "%" : key.unit === "money" ? currency : UNIT_WORDS[key.unit];
}

/** What the field of a stored value shows. */
export function textOf(key: BotKey, value: KeyValue): string {
  if (value === null) {
    return "";
  }
  if (typeof value === "object") {
    return value.join(", ");
  }
  const text = String(value);
  return key.unit === "fraction" && isDecimal(text) ? shiftPoint(text, 2) : text;
}

/** Read what was typed into a field: the value to store, or what is wrong with it. */
export function readText(key: BotKey, typed: string): Read {
  const text = typed.trim();
  if (text === "" && key.name !== "name") {
    return key.nullable ? { value: null } : { fault: "Needs a value." };
  }
  if (LISTS.has(key.type)) {
    const entries = text.split(/[,\n;]/).map((entry) => entry.trim());
    return { value: entries.filter((entry) => entry !== "") };
  }
  switch (key.type) {
    case "boolean":
      return { value: text === "true" };
    case "integer":
      return readWhole(key, text);
    case "decimal":
      return readDecimal(key, text);
    default:
      return text === "" ? { fault: "Needs a value." } : { value: text };
  }
}

function readWhole(key: BotKey, text: string): Read {
  if (!/^-?\d{1,9}$/.test(text)) {
    return { fault: "Give a whole number." };
  }
  const fault = outside(key, text);
  return fault === null ? { value: Number(text) } : { fault };
}

function readDecimal(key: BotKey, typed: string): Read {
  // People copy "1,000.50" and "2 %" from elsewhere.
  const text = typed
    .replace(/(?<=\d),(?=\d{3}(\D|$))/g, "")
    .replace(/\s*%$/, "")
    .replace(/^(-?)\./, "$10.");
  if (!isDecimal(text)) {
    return { fault: "Give a number, with a point before its decimals." };
  }
  const value = key.unit === "fraction" ? shiftPoint(text, -2) : text;
  const fault = outside(key, value);
  return fault === null ? { value } : { fault };
}

function outside(key: BotKey, value: string): string | null {
  const least = key.least === null ? null : String(key.least);
  const most = key.most === null ? null : String(key.most);
  const isBelow = least !== null && isBeyond(compareDecimals(value, least), key.least_is_excluded);
  const isAbove = most !== null && isBeyond(compareDecimals(most, value), key.most_is_excluded);
  if (!isBelow && !isAbove) {
    return null;
  }
  const shown = (bound: string) => (key.unit === "fraction" ? `${shiftPoint(bound, 2)} %` : bound);
  const low = least !== null && `${key.least_is_excluded ? "above" : "at least"} ${shown(least)}`;
  const high = most !== null && `${key.most_is_excluded ? "below" : "at most"} ${shown(most)}`;
  return `Must be ${[low, high].filter((part) => part !== false).join(" and ")}.`;
}

function isBeyond(compared: -1 | 0 | 1, isExcluded: boolean): boolean {
  return compared < 0 || (compared === 0 && isExcluded);
}

/** True where both mean the same, however their decimals are written. */
export function isSameValue(one: KeyValue, other: KeyValue): boolean {
  if (typeof one === "string" && typeof other === "string" && isDecimal(one) && isDecimal(other)) {
    return compareDecimals(one, other) === 0;
  }
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Write a value for people: with its unit, and in words where it is none. */
export function wordsOf(key: BotKey, value: KeyValue, currency: string): string {
  if (value === null) {
    return nothingOf(key);
  }
  if (typeof value === "boolean") {
    return value ? "yes" : "no";
  }
  const text = textOf(key, value);
  if (key.type === "choice") {
    return CHOICE_WORDS[key.name]?.[text] ?? text.replaceAll("_", " ");
  }
  if (key.unit === "money") {
    return currency === "" ? formatPrice(text) : formatMoney(text, currency);
  }
  const unit = unitOf(key, currency);
  const number = key.type === "decimal" || key.type === "integer" ? formatQuantity(text) : text;
  return unit === undefined ? number : `${number} ${unit}`;
}

function nothingOf(key: BotKey): string {
  if (key.name === "broker") {
    return "the default broker";
  }
  if (key.name === "allowed_symbols") {
    return "every symbol";
  }
  return key.type === "boolean" ? "as the setting says" : key.combined === null ? "not set" : "no limit";
}

/** What holds for a value: the bot's own, or what a setting makes of it. */
export function effectOf(
  key: BotKey,
  value: KeyValue,
  defaultBroker: string,
): { value: KeyValue; by: string | null } {
  if (key.name === "broker") {
    return value === null ? { value: defaultBroker, by: "DEFAULT_BROKER" } : { value, by: null };
  }
  const ceiling = key.ceiling_value;
  switch (key.combined) {
    case "both_allow":
      return ceiling === true ? { value: value !== false, by: null } : { value: false, by: key.ceiling };
    case "either_demands":
      return ceiling === true ? { value: true, by: key.ceiling } : { value: value === true, by: null };
    case "lower":
      return isCeilingLower(ceiling, value) ? { value: ceiling, by: key.ceiling } : { value, by: null };
    default:
      return { value, by: null };
  }
}

function isCeilingLower(ceiling: BotKey["ceiling_value"], value: KeyValue): boolean {
  return ceiling !== null && (value === null || compareDecimals(String(ceiling), String(value)) < 0);
}

/** What a save would change, and what cannot be read. */
export interface Changes {
  changed: { key: BotKey; before: KeyValue; after: KeyValue }[];
  faults: Partial<Record<KeyName, string>>;
}

/** Compare what was typed with what a bot has. */
export function changesOf(keys: readonly BotKey[], bot: Bot, draft: Draft): Changes {
  const found: Changes = { changed: [], faults: {} };
  for (const key of keys) {
    const typed = draft[key.name];
    if (typed === undefined) {
      continue;
    }
    const before = bot[key.name];
    const { value, fault } = readText(key, typed);
    if (fault !== undefined) {
      found.faults[key.name] = fault;
    } else if (!isSameValue(before, value)) {
      found.changed.push({ key, before, after: value });
    }
  }
  return found;
}

/** What a change or a new bot is sent as. */
export function bodyOf(changed: Changes["changed"]): { [name: string]: unknown } {
  return Object.fromEntries(changed.map(({ key, after }) => [key.name, after]));
}
