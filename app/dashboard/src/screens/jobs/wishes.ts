import type { Schema } from "@/api/client";
import type { NewJob } from "./jobs";

type Backtest = Schema<"NewBacktest">;

/** What the form holds, as it was typed. */
export interface Wish {
  kind: "backtest" | "day" | "ideas";
  from: string;
  to: string;
  bot: string;
  limit: string;
  model: string;
  min_confidence: string;
  max_notional: string;
  date: string;
  set: string;
  prompt: string;
  timezone: string;
  symbol: string;
  /** Whose bars: a broker's, or, where there is no name, those of files. */
  source: string;
  timeframe: Backtest["timeframe"];
  adjust: NonNullable<Backtest["adjust"]>;
  hours: "regular" | "all";
  alerts: File | undefined;
  bars: readonly File[];
}

export const EMPTY: Wish = {
  kind: "backtest",
  from: "",
  to: "",
  bot: "",
  limit: "20",
  model: "",
  min_confidence: "",
  max_notional: "",
  date: "",
  set: "",
  prompt: "",
  timezone: "",
  symbol: "",
  source: "",
  timeframe: "5m",
  adjust: "split",
  hours: "regular",
  alerts: undefined,
  bars: [],
};

type Texts = { [Name in keyof Wish as Wish[Name] extends string ? Name : never]: Wish[Name] };

/** Bind a field of the form by its name. */
export type Bind = (name: Exclude<keyof Texts, "kind">) => {
  value: string;
  onChange: (event: { target: { value: string } }) => void;
  error: string | undefined;
};

/** As much as a job takes, in bytes of the whole request. */
export const LARGEST = 16_000_000;

/** Turn what was typed into what the API takes; the files are read here. */
export async function jobOf(wish: Wish): Promise<NewJob> {
  if (wish.kind === "ideas") {
    const { from, to, bot, model, min_confidence, max_notional } = wish;
    const given = filled({ from, to, bot, model, min_confidence, max_notional });
    return { kind: "replay", limit: Number(wish.limit) || 20, horizon: "1d", ...given };
  }
  const set = settingsOf(wish.set);
  if (wish.kind === "day") {
    const { bot, model, prompt } = wish;
    return { kind: "replay", date: wish.date, set, ...filled({ bot, model, prompt }) };
  }
  const { from, to, bot, symbol, timeframe, adjust } = wish;
  return {
    kind: "backtest",
    timezone: wish.timezone || "UTC",
    set,
    alerts: wish.alerts === undefined ? null : await fileOf(wish.alerts),
    bars: wish.source || (await Promise.all(wish.bars.map((file) => fileOfBars(file, wish)))),
    timeframe,
    adjust,
    extended: wish.hours === "all",
    ...filled({ from, to, bot, symbol }),
  };
}

/** Return how many bytes the files have together. */
export function sizeOf({ alerts, bars, source }: Wish): number {
  return [...(alerts ? [alerts] : []), ...(source === "" ? bars : [])].reduce(
    (total, { size }) => total + size,
    0,
  );
}

/** Return the first line that is not KEY=VALUE. */
export function wrongLine(text: string): string | undefined {
  return linesOf(text).find((line) => !/^\w+\s*=\s*\S/.test(line));
}

function settingsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    linesOf(text).map((line) => {
      const [name = "", ...value] = line.split("=");
      return [name.trim(), value.join("=").trim()];
    }),
  );
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function filled<Name extends string>(texts: Record<Name, string>): Partial<Record<Name, string>> {
  const given: Partial<Record<Name, string>> = {};
  for (const name in texts) {
    if (texts[name] !== "") {
      given[name] = texts[name];
    }
  }
  return given;
}

async function fileOf(file: File) {
  return { name: file.name, text: await file.text() };
}

// Of several files each must tell its symbol by itself.
async function fileOfBars(file: File, { bars, symbol }: Wish) {
  const read = await fileOf(file);
  return bars.length === 1 && symbol !== "" ? { ...read, symbol } : read;
}
