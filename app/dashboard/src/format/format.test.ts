import { describe, expect, it } from "vitest";
import { ticketRow } from "@/testing/tickets";
import { formatAverage, formatMoney, formatPrice } from "./money";
import { formatPercent, formatQuantity } from "./numbers";
import { ticketTitle } from "./tickets";
import { formatAge, formatCountdown, formatDuration, formatTime, isSameDay, zoneName } from "./times";

describe("formatMoney", () => {
  it.each([
    ["1234567.891", "USD", "$1,234,567.89"],
    ["-12.5", "USD", "−$12.50"],
    ["100000", "INR", "₹1,00,000.00"],
    ["12345678.5", "INR", "₹1,23,45,678.50"],
    ["5", "USDT", "5.00 USDT"],
    ["90071992547409931234.55", "USD", "$90,071,992,547,409,931,234.55"],
  ])("shows %s %s as %s", (amount, currency, shown) => {
    expect(formatMoney(amount, currency)).toBe(shown);
  });

  it.each([
    ["3.1", "+$3.10"],
    ["-3.1", "−$3.10"],
    ["0.00", "$0.00"],
  ])("signs the gain %s as %s", (amount, shown) => {
    expect(formatMoney(amount, "USD", { signed: true })).toBe(shown);
  });

  it.each([null, undefined, "", "NaN", "1e5"])("shows a dash for %s", (amount) => {
    expect(formatMoney(amount, "USD")).toBe("–");
  });
});

describe("formatPrice", () => {
  it.each([
    ["190.5", "190.50"],
    ["0.00001234", "0.00001234"],
    ["64340.155", "64,340.155"],
  ])("shows %s as %s", (price, shown) => {
    expect(formatPrice(price)).toBe(shown);
  });
});

describe("formatAverage", () => {
  it.each([
    ["108.180330848936557", "108.1803"],
    ["-3.24", "−3.24"],
    ["0.000012345678901", "0.00001235"],
    ["190.5", "190.50"],
    [null, "–"],
  ])("shows %s as %s", (price, shown) => {
    expect(formatAverage(price)).toBe(shown);
  });
});

describe("ticketTitle", () => {
  const row = ticketRow({ symbol: "MSFT", quantity: "5", side: "sell", filled_quantity: "5" });

  it("says what was done of a reversal whose entry was refused", () => {
    expect(ticketTitle({ ...row, intent: "enter_short", reason: "SHORT_DISABLED" })).toBe("Sell 5 MSFT");
    expect(ticketTitle({ ...row, intent: "enter_short" })).toBe("Sell short 5 MSFT");
  });

  it("says what a refused entry was meant to be", () => {
    const refused = {
      ...row,
      intent: "enter_short",
      reason: "SHORT_DISABLED",
      filled_quantity: null,
    } as const;
    expect(ticketTitle(refused)).toBe("Sell short 5 MSFT");
  });

  it("calls no order's size a size to be brought to", () => {
    expect(ticketTitle({ ...row, intent: "target", side: "buy", quantity: "50" })).toBe("Buy 50 MSFT");
    expect(ticketTitle({ ...row, intent: "target", side: null, quantity: null })).toBe(
      "Bring to its size MSFT",
    );
  });

  it("counts structures", () => {
    const entry = { ...row, intent: "enter_structure", symbol: "SPY" } as const;
    expect(ticketTitle({ ...entry, quantity: "1" })).toBe("Enter 1 structure in SPY");
    expect(ticketTitle({ ...entry, quantity: "2" })).toBe("Enter 2 structures in SPY");
    expect(ticketTitle({ ...entry, quantity: null })).toBe("Enter a structure in SPY");
  });
});

describe("formatQuantity", () => {
  it.each([
    ["0.031084789", "0.031084789"],
    ["1500.000", "1,500"],
    ["-2", "−2"],
    ["0.123456789012345678", "0.123456789012345678"],
  ])("shows %s as %s, unrounded", (quantity, shown) => {
    expect(formatQuantity(quantity)).toBe(shown);
  });
});

describe("formatPercent", () => {
  it.each([
    ["0.02", "2%"],
    ["0.01255", "1.26%"],
    ["-0.5", "−50%"],
    [null, "–"],
  ])("shows the fraction %s as %s", (fraction, shown) => {
    expect(formatPercent(fraction)).toBe(shown);
  });
});

describe("times", () => {
  const AT = "2026-11-29T18:45:30.250Z";

  it.each([
    ["UTC", "29 Nov 2026, 18:45:30", "UTC"],
    ["Asia/Kolkata", "30 Nov 2026, 00:15:30", "IST"],
    ["America/New_York", "29 Nov 2026, 13:45:30", "EST"],
  ] as const)("shows a moment in %s and names the zone", (zone, shown, name) => {
    expect(formatTime(AT, zone)).toBe(shown);
    expect(zoneName(zone, AT)).toBe(name);
  });

  it("knows that a day ends at another moment in another zone", () => {
    expect(isSameDay(AT, "2026-11-29T01:00:00Z", "UTC")).toBe(true);
    expect(isSameDay(AT, "2026-11-29T01:00:00Z", "Asia/Kolkata")).toBe(false);
  });

  it.each([
    [12, "12 ms"],
    [1420, "1.42 s"],
    [42_300, "42.3 s"],
    [200_000, "3 min 20 s"],
  ])("shows %d ms as %s", (milliseconds, shown) => {
    expect(formatDuration(milliseconds)).toBe(shown);
  });

  it.each([
    [-5, "0 s"],
    [59_999, "59 s"],
    [3_600_000, "1 h"],
    [200_000_000, "2 days 7 h"],
  ])("shows an age of %d ms as %s", (milliseconds, shown) => {
    expect(formatAge(milliseconds)).toBe(shown);
  });

  it.each([
    [724_000, "12:04"],
    [3_900_000, "1:05:00"],
    [-1, "0:00"],
  ])("counts %d ms down as %s", (milliseconds, shown) => {
    expect(formatCountdown(milliseconds)).toBe(shown);
  });
});
