/** Round moments (UTC) for an axis: d3 has more of them than days and clocks need. */

const HOUR_MS = 3_600_000;
const MONTH_MS = 30.44 * 24 * HOUR_MS;
const STEPS_MS = [1, 3, 6, 12, 24, 48, 168, 336].map((hours) => hours * HOUR_MS);

/** Return at most so many round moments from one to another, that one left out. */
export function timeTicks(from: number, to: number, most: number): number[] {
  const step = STEPS_MS.find((length) => (to - from) / length <= most);
  return step === undefined ? months(from, to, most) : multiples(from, to, step);
}

function multiples(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step) * step;
  return Array.from(
    { length: Math.max(0, Math.ceil((to - first) / step)) },
    (_, number) => first + number * step,
  );
}

function months(from: number, to: number, most: number): number[] {
  const every = Math.ceil((to - from) / MONTH_MS / most);
  const begin = new Date(from);
  const found: number[] = [];
  for (let number = 1; ; number += every) {
    const tick = Date.UTC(begin.getUTCFullYear(), begin.getUTCMonth() + number, 1);
    if (tick >= to) {
      return found;
    }
    found.push(tick);
  }
}
