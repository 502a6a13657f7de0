import { scaleLinear } from "d3-scale";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { TimeAxis, ValueAxis } from "./Axes";
import styles from "./Figure.module.css";
import { useWidth } from "./useWidth";

export type Paint = "win" | "lose" | "series1" | "series2" | "series3" | "series4" | "series5" | "series6";

export interface Segment {
  name: string;
  value: number;
  paint: Paint;
  /** What a pointer that rests on it is told. */
  tip: string;
  /** Where a click leads; the keyboard goes there by the table or the legend. */
  to?: string | undefined;
}

export interface Bar {
  /** The time from which to which it counts, in milliseconds since 1970. */
  from: number;
  to: number;
  /** From the zero line outwards; those below zero downwards. */
  segments: readonly Segment[];
}

interface BarsProps {
  bars: readonly Bar[];
  label: string;
  formatY: (value: number) => string;
  height?: number;
}

const MARGIN = { top: 10, right: 8, bottom: 26, left: 64 };
const GAP_PX = 2;
const DAY_MS = 86_400_000;

/** Amounts or counts over time, one bar a day or week; parts of one are stacked. */
export function Bars({ bars, label, formatY, height = 220 }: BarsProps) {
  const { element, width } = useWidth<HTMLDivElement>();
  const frame = {
    left: MARGIN.left,
    right: width - MARGIN.right,
    top: MARGIN.top,
    bottom: height - MARGIN.bottom,
  };
  const x = scaleLinear([bars[0]?.from ?? 0, bars.at(-1)?.to ?? 1], [frame.left, frame.right]);
  const y = scaleLinear().domain(reach(bars)).nice(5).range([frame.bottom, frame.top]);
  return (
    <div ref={element}>
      {/* Said by the label; its links stand in the table and the legend too, where the keyboard finds them. */}
      <span className="visually-hidden">{label}</span>
      <svg className={styles.plot} width={width} height={height} aria-hidden="true">
        <ValueAxis scale={y} frame={frame} format={formatY} />
        {bars.map((bar) => {
          const left = x(bar.from) + GAP_PX / 2;
          return (
            <g key={bar.from}>
              {stacked(bar.segments).map(({ segment, from, to }) => (
                <Part key={segment.name} segment={segment}>
                  <rect
                    className={`${styles[segment.paint]} ${bar.segments.length > 1 ? styles.segment : ""}`}
                    x={left}
                    y={y(Math.max(from, to))}
                    width={Math.max(1, x(bar.to) - x(bar.from) - GAP_PX)}
                    height={Math.max(1, Math.abs(y(from) - y(to)))}
                    rx={bar.segments.length > 1 ? 0 : 2}
                  >
                    <title>{segment.tip}</title>
                  </rect>
                </Part>
              ))}
            </g>
          );
        })}
        <TimeAxis scale={x} frame={frame} shift={halfADay(bars, (at) => x(at))} />
      </svg>
    </div>
  );
}

function halfADay(bars: readonly Bar[], x: (at: number) => number): number {
  const [first] = bars;
  return first !== undefined && first.to - first.from === DAY_MS ? (x(first.to) - x(first.from)) / 2 : 0;
}

function Part({ segment, children }: { segment: Segment; children: ReactNode }) {
  return segment.to === undefined ? (
    children
  ) : (
    <Link to={segment.to} tabIndex={-1}>
      {children}
    </Link>
  );
}

function stacked(segments: readonly Segment[]) {
  const ends = { up: 0, down: 0 };
  return segments.map((segment) => {
    const side = segment.value < 0 ? "down" : "up";
    const from = ends[side];
    ends[side] += segment.value;
    return { segment, from, to: ends[side] };
  });
}

function reach(bars: readonly Bar[]): [number, number] {
  const ends = bars.flatMap(({ segments }) => stacked(segments).map(({ to }) => to));
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  return low === high ? [0, 1] : [low, high];
}
