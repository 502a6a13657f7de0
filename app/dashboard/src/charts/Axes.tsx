import type { ScaleLinear } from "d3-scale";
import styles from "./Figure.module.css";
import { timeTicks } from "./timeTicks";

export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Lines across a plot at round values, each with its value at the left. */
export function ValueAxis({
  scale,
  frame,
  format,
  count = 5,
}: {
  scale: ScaleLinear<number, number>;
  frame: Frame;
  format: (value: number) => string;
  count?: number;
}) {
  return (
    <>
      {scale.ticks(count).map((tick) => (
        <g key={tick}>
          <line
            className={tick === 0 ? styles.zero : styles.grid}
            x1={frame.left}
            x2={frame.right}
            y1={scale(tick)}
            y2={scale(tick)}
          />
          <text x={frame.left - 8} y={scale(tick)} dy="0.32em" textAnchor="end">
            {format(tick)}
          </text>
        </g>
      ))}
    </>
  );
}

const TICK_PX = 84;
const DAY_MS = 86_400_000;
const TICK_DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const TICK_CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
const TICK_MONTH = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });

/** Days (UTC) below a plot, or the clock where it shows less than three of them. */
export function TimeAxis({
  scale,
  frame,
  shift = 0,
}: {
  scale: ScaleLinear<number, number>;
  frame: Pick<Frame, "left" | "right" | "bottom">;
  /** By how much a day's name stands to the right of its midnight: half a bar. */
  shift?: number;
}) {
  const [from = 0, to = 1] = scale.domain();
  const days = (to - from) / DAY_MS;
  const format = days < 3 ? TICK_CLOCK : days > 200 ? TICK_MONTH : TICK_DAY;
  const count = Math.max(2, Math.floor((frame.right - frame.left) / TICK_PX));
  const ticks = timeTicks(from, to, count);
  return (
    <>
      {ticks.map((tick) => (
        <text key={tick} x={scale(tick) + shift} y={frame.bottom + 18} textAnchor="middle">
          {format.format(tick)}
        </text>
      ))}
    </>
  );
}
