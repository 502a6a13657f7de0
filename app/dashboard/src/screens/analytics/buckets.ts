/** Days side by side; where they are too many for a screen, weeks. */

const DAY_MS = 86_400_000;
const MOST_DAYS = 92;
const DAY = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

export interface Bucket {
  from: number;
  to: number;
  /** The first and the last day of it, as the API writes them. */
  first: string;
  last: string;
  label: string;
  isWeek: boolean;
  includes: (day: string) => boolean;
}

/** Cut the UTC days from one to another into bars. */
export function bucketsOf(from: string, to: string): Bucket[] {
  const [begin, end] = [Date.parse(from), Date.parse(to) + DAY_MS];
  const days = Math.max(0, Math.round((end - begin) / DAY_MS));
  const isWeek = days > MOST_DAYS;
  const step = isWeek ? 7 : 1;
  return Array.from({ length: Math.ceil(days / step) }, (_, number) => {
    const start = begin + number * step * DAY_MS;
    const stop = Math.min(end, start + step * DAY_MS);
    const first = dayOf(start);
    const last = dayOf(stop - DAY_MS);
    const label = first === last ? DAY.format(start) : `${DAY.format(start)} to ${DAY.format(stop - DAY_MS)}`;
    return {
      from: start,
      to: stop,
      first,
      last,
      label,
      isWeek,
      includes: (day) => first <= day && day <= last,
    };
  });
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
