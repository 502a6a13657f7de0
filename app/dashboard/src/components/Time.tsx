import { NOTHING } from "@/format/decimals";
import { formatAge, formatCountdown, formatTime, isSameDay, type TimeStyle, zoneName } from "@/format/times";
import { useNow } from "@/hooks/useNow";
import { useSetting } from "@/hooks/useSetting";

interface TimeProps {
  at: string | null | undefined;
  /** `short` leaves out today's date. */
  show?: TimeStyle | "short";
  /** Name the zone beside it; not where a column's header names it. */
  withZone?: boolean;
}

/** A moment in the chosen zone; the machine-readable time is UTC. */
export function Time({ at, show = "full", withZone = false }: TimeProps) {
  const [zone] = useSetting("zone");
  if (!at) {
    return <span className="soft">{NOTHING}</span>;
  }
  const style = show === "short" ? (isSameDay(at, Date.now(), zone) ? "time" : "full") : show;
  const name = zoneName(zone, at);
  return (
    <time dateTime={at} title={`${formatTime(at, zone, "exact")} ${name}`} style={{ whiteSpace: "nowrap" }}>
      {formatTime(at, zone, style)}
      {withZone && ` ${name}`}
    </time>
  );
}

/** The name of the chosen zone, for the header of a column of times. */
export function ZoneName() {
  const [zone] = useSetting("zone");
  return <>{zoneName(zone)}</>;
}

/** How long ago something was, moving by itself; from an hour on as a time. */
export function Age({ at }: { at: string | null | undefined }) {
  const now = useNow();
  if (!at) {
    return <span className="soft">never</span>;
  }
  const old = now - Date.parse(at);
  if (old >= 3_600_000) {
    return <Time at={at} show="short" withZone />;
  }
  return (
    <time dateTime={at} style={{ whiteSpace: "nowrap" }}>
      {old < 1000 ? "just now" : `${formatAge(old)} ago`}
    </time>
  );
}

/** What is left until a time, as a clock. */
export function Countdown({ until, over = "over" }: { until: string; over?: string }) {
  const left = Date.parse(until) - useNow();
  return (
    <time dateTime={until} style={{ whiteSpace: "nowrap" }}>
      {left <= 0 ? over : formatCountdown(left)}
    </time>
  );
}
