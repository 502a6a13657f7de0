/** Times are shown in one zone, which is always named; ages are shown below an hour only where asked. */

export const ZONES = ["browser", "UTC", "America/New_York", "Asia/Kolkata"] as const;
export type Zone = (typeof ZONES)[number];

/** How a zone is called in a list to choose from. */
export const ZONE_LABELS: Record<Zone, string> = {
  browser: "This device's zone",
  UTC: "UTC",
  "America/New_York": "New York",
  "Asia/Kolkata": "Kolkata",
};

export type TimeStyle = "time" | "date" | "full" | "exact";

const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
const DAY = { day: "numeric", month: "short", year: "numeric" } as const;
const STYLES: Record<TimeStyle, Intl.DateTimeFormatOptions> = {
  time: CLOCK,
  date: DAY,
  full: { ...DAY, ...CLOCK },
  exact: { ...DAY, ...CLOCK, fractionalSecondDigits: 3 },
};

function zoneOption(zone: Zone): { timeZone?: string } {
  return zone === "browser" ? {} : { timeZone: zone };
}

/** Format an RFC 3339 time in a zone. */
export function formatTime(at: string | number, zone: Zone, style: TimeStyle = "full"): string {
  return new Intl.DateTimeFormat("en-GB", { ...STYLES[style], ...zoneOption(zone) }).format(new Date(at));
}

/** True when both times fall on one day of the zone. */
export function isSameDay(one: string | number, other: string | number, zone: Zone): boolean {
  return formatTime(one, zone, "date") === formatTime(other, zone, "date");
}

/** The short name of a zone at a time: "UTC", "EST", "IST", "GMT+1". */
export function zoneName(zone: Zone, at: string | number = Date.now()): string {
  const place = zone === "browser" ? new Intl.DateTimeFormat().resolvedOptions().timeZone : zone;
  if (place === "Asia/Kolkata" || place === "Asia/Calcutta") {
    return "IST";
  }
  // American names (EST) exist in American English alone; every other zone is named by its distance.
  const locale = place.startsWith("America/") ? "en-US" : "en-GB";
  const parts = new Intl.DateTimeFormat(locale, {
    timeZoneName: "short",
    ...zoneOption(zone),
  }).formatToParts(new Date(at));
  return parts.find((part) => part.type === "timeZoneName")?.value ?? place;
}

/** Say how long something took: "12 ms", "1.42 s", "3 min 20 s". */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) {
    return `${Math.round(milliseconds)} ms`;
  }
  const seconds = milliseconds / 1000;
  if (seconds < 60) {
    return `${seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(1)} s`;
  }
  return inUnits(Math.round(seconds));
}

/** Say how old something is, in the one or two largest units. */
export function formatAge(milliseconds: number): string {
  return inUnits(Math.max(0, Math.floor(milliseconds / 1000)));
}

function inUnits(seconds: number): string {
  if (seconds < 60) {
    return `${seconds} s`;
  }
  const [minutes, hours, days] = [
    Math.floor(seconds / 60),
    Math.floor(seconds / 3600),
    Math.floor(seconds / 86400),
  ];
  if (minutes < 60) {
    return pair(minutes, "min", seconds % 60, "s");
  }
  return hours < 48 ? pair(hours, "h", minutes % 60, "min") : pair(days, "days", hours % 24, "h");
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** Show a countdown as a clock: "12:04", "1:05:00". */
export function formatCountdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const rest = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}
