/** How often to ask what changed: quickly while something is under way, slowly while nobody answers. */

export const CALM_MS = 1_500;
export const QUICK_MS = 1_000;
export const SLOWEST_MS = 15_000;
const QUICK_FOR_MS = 30_000;

let quickUntil = 0;
let underWay = 0;

/** Ask quickly for half a minute: somebody has just done something. */
export function quicken(now = Date.now()): void {
  quickUntil = now + QUICK_FOR_MS;
}

/** Ask quickly until the returned function is called: a ticket or a job is under way. */
export function beginUnderWay(): () => void {
  underWay += 1;
  return () => {
    underWay -= 1;
  };
}

/** The pause before the next question. */
export function pauseMs(now = Date.now()): number {
  return underWay > 0 || now < quickUntil ? QUICK_MS : CALM_MS;
}

/** The pause after so many failures in a row. */
export function pauseAfterFailures(failures: number): number {
  return Math.min(SLOWEST_MS, CALM_MS * 2 ** Math.max(0, failures - 1));
}
