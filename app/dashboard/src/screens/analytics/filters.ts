/** Which days are looked at, and whose: all of it stands in the address. */

export const ANALYTICS_FILTERS = { days: "30", from: "", to: "", bot: "", broker: "" };

export type AnalyticsFilters = { readonly [Name in keyof typeof ANALYTICS_FILTERS]: string };

/** Ranges that end today, by how many days they have. */
export const RANGES = [
  { days: "7", label: "7 days" },
  { days: "30", label: "30 days" },
  { days: "90", label: "90 days" },
  { days: "365", label: "1 year" },
] as const;

const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Which UTC days the filters name, both among them. */
export function daysOf({ days, from, to }: AnalyticsFilters, now: number = Date.now()) {
  const last = DAY.test(to) ? to : dayAt(now);
  const count = RANGES.some((range) => range.days === days) ? Number(days) : 30;
  return { from: DAY.test(from) ? from : dayAt(Date.parse(last) - (count - 1) * DAY_MS), to: last };
}

/** The UTC day of a moment, as the API writes it. */
export function dayAt(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** What the API is asked for. */
export function analyticsQuery(filters: AnalyticsFilters) {
  const { bot, broker } = filters;
  return { ...daysOf(filters), ...(bot === "" ? {} : { bot }), ...(broker === "" ? {} : { broker }) };
}

export type AnalyticsQuery = ReturnType<typeof analyticsQuery>;

/** The address of tickets that one reason refused on some days. */
export function refusedTickets(reason: string, from: string, to: string, { bot }: AnalyticsQuery): string {
  return `/logs?${new URLSearchParams({ reason, from, to, ...(bot === undefined ? {} : { bot }) })}`;
}
