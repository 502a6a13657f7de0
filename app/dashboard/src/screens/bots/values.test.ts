import { expect, it } from "vitest";
import { botKey, KEYS, storedBot } from "@/testing/bots";
import { changesOf, effectOf, readText, textOf, wordsOf } from "./values";

const [, , stop = botKey(), cap = botKey()] = KEYS;

it.each([
  ["0.01", "1"],
  ["0.0125", "1.25"],
  ["1.20", "120"],
  ["0.000001", "0.0001"],
])("edits the fraction %s as %s %%, and back without rounding", (fraction, percent) => {
  const wide = botKey({ most: null });

  expect(textOf(wide, fraction)).toBe(percent);
  expect(Number(readText(wide, percent).value)).toBe(Number(fraction));
});

it.each([
  ["0", "Must be above 0 % and at most 100 %."],
  ["101", "Must be above 0 % and at most 100 %."],
  ["1,5", "Give a number, with a point before its decimals."],
  ["", "Needs a value."],
])("says what is wrong with %j", (typed, fault) => {
  expect(readText(stop, typed).fault).toBe(fault);
});

it("reads what people copy from elsewhere", () => {
  const money = botKey({ unit: "money", most: null });

  expect(readText(money, " 1,250.50 ").value).toBe("1250.50");
  expect(readText(stop, "1.5 %").value).toBe("0.015");
  expect(readText(botKey({ type: "symbols", nullable: true }), "AAPL, BTC-USD ,").value).toEqual([
    "AAPL",
    "BTC-USD",
  ]);
});

it.each([
  [null, { value: 5, by: "DAILY_ORDER_CAP" }],
  [9, { value: 5, by: "DAILY_ORDER_CAP" }],
  [3, { value: 3, by: null }],
])("lets the stricter of %j and the setting hold", (own, effect) => {
  expect(effectOf(cap, own, "paper")).toEqual(effect);
});

it("finds what differs, not what was typed over with the same", () => {
  const bot = storedBot();
  const draft = { sl_pct: "1.00", base_order_pct: "5", daily_order_cap: "x" };
  const { changed, faults } = changesOf(KEYS, bot, draft);

  expect(changed.map(({ key, after }) => [key.name, after])).toEqual([["base_order_pct", "0.05"]]);
  expect(faults).toEqual({ daily_order_cap: "Give a whole number." });
});

it("writes nothing in the words of its key", () => {
  expect(wordsOf(cap, null, "USD")).toBe("no limit");
  expect(wordsOf(botKey({ unit: "money" }), "20000", "USD")).toBe("$20,000.00");
});
