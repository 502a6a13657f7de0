import { expect, it } from "vitest";
import { contractWords } from "./contracts";

it.each([
  ["SPY261231P00575000", "SPY 31 Dec 2026 575 put"],
  ["AAPL  270115C00192500", "AAPL 15 Jan 2027 192.50 call"],
  ["SPXW261204C06100000", "SPXW 4 Dec 2026 6,100 call"],
  ["SPY261231P00100000", "SPY 31 Dec 2026 100 put"],
  ["BTC-USD", "BTC-USD"],
])("reads %s as %s", (symbol, words) => {
  expect(contractWords(symbol)).toBe(words);
});
