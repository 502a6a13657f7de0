/** What is wrong with a message before anybody sends it. */

import type { Warning } from "../addresses";
import { fill, isKnown, isOfStrategy, placeholdersIn } from "./placeholders";
import { type Sample, SECRET, type Source } from "./sources";

type Json = Record<string, unknown>;

/** A message with its placeholders filled in, as JSON or as a line of text, or what is wrong with it. */
export type Checked =
  | { alert: Json; line: null; error: null }
  | { alert: null; line: string; error: null }
  | { alert: null; line: null; error: string };

// What the server takes for a line of text, and not for broken JSON.
const LINE = /^\s*(buy|sell|close|exit)\s/i;

/** Read a message the way the server reads it: line breaks may stand in texts. */
export function checkJson(message: string, sample: Sample, { takesLines = false } = {}): Checked {
  const filled = fill(message, sample);
  if (takesLines && LINE.test(filled)) {
    return { alert: null, line: filled, error: null };
  }
  try {
    // Of the same length, so that places stay where they are.
    const value: unknown = JSON.parse(filled.replace(/[\r\n\t]/g, " "));
    return isObject(value)
      ? { alert: value, line: null, error: null }
      : { alert: null, line: null, error: "A message is one JSON object: { … }." };
  } catch (error) {
    return { alert: null, line: null, error: broken(filled, error) };
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function broken(text: string, error: unknown): string {
  if (text.trim() === "") {
    return "The message is empty.";
  }
  if (/[“”„]/.test(text)) {
    return 'It is not valid JSON: curly quotes stand where straight ones (") belong.';
  }
  const at = Number(/position (\d+)/.exec(String(error))?.[1] ?? Number.NaN);
  if (Number.isNaN(at)) {
    return "It is not valid JSON: a closing } or a quote may be missing.";
  }
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  const near = text.slice(Math.max(0, at - 12), at + 12).replace(/\s+/g, " ");
  return `It is not valid JSON at line ${line}, column ${at - before.lastIndexOf("\n")}, near “${near.trim()}”.`;
}

/** How many bytes a message has once it is filled in. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

interface Message {
  /** As it is pasted, the secret in it. */
  message: string;
  sample: Sample;
  source: Source;
  largest: number;
  secret: string;
}

/** Say what would go wrong with a message that is good JSON. */
export function messageWarnings({ message, sample, source, largest, secret }: Message): Warning[] {
  const names = placeholdersIn(message);
  const unknown = names.filter((name) => !isKnown(name));
  const size = bytesOf(fill(message, sample));
  const knowsNoOrders = source.sender === "indicator" && names.some(isOfStrategy);
  return [
    !names.includes("timenow") && {
      id: "timenow",
      text: "Without {{timenow}} two alerts of the same words within five minutes are taken for one: the second orders nothing.",
    },
    size > largest && {
      id: "long",
      text: `It has ${size} bytes, and MAX_CONTENT_LENGTH allows ${largest}: it would be refused. Leave something out.`,
    },
    secret === "" && {
      id: "secret",
      text: `Paste the secret above: without it ${SECRET} stands in its place, and the alert is refused.`,
    },
    unknown.length > 0 && {
      id: "unknown",
      text: `TradingView fills in no {{${unknown.join("}}, {{")}}}: it would arrive as it stands here.`,
    },
    knowsNoOrders && {
      id: "strategy",
      text: "{{strategy.…}} is filled in for strategies alone, not for indicators.",
    },
  ].filter((warning) => warning !== false);
}

const SECRETS = new Set(["secret", "token"]);

// Whose an alert of another service is, the name of its secret may tell.
const HIDDEN = "***";

/** Make what `/api/preview` takes: no secret, and the bot by name. */
export function forPreview(alert: Json, source: Source, bot: { id: string; number: number }): Json {
  if (source.isForeign) {
    const hidden = Object.keys(alert).filter((name) => SECRETS.has(name));
    return { ...alert, ...Object.fromEntries(hidden.map((name) => [name, HIDDEN])), bot: bot.id };
  }
  const named = Object.fromEntries(Object.entries(alert).filter(([name]) => !SECRETS.has(name)));
  if (source.sender === "command") {
    return { ...named, command: "close" in named ? "exit" : "enter", bot: bot.number };
  }
  return source.botField ? { [source.botField]: bot.id, ...named } : { bot: bot.id, ...named };
}
