import { expect, it } from "vitest";
import { isAttended, watchPresence } from "./presence";

it("counts a minute from what a person does", () => {
  const page = new EventTarget();
  watchPresence(page);
  const before = Date.now();

  page.dispatchEvent(new Event("keydown"));

  expect(isAttended(before + 59_000)).toBe(true);
  expect(isAttended(Date.now() + 60_001)).toBe(false);
});
