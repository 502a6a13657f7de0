import { extent } from "d3-array";
import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import { useId } from "react";
import styles from "./Figure.module.css";
import { useWidth } from "./useWidth";

export interface Point {
  x: number;
  y: number;
}

interface LinePlotProps {
  points: readonly Point[];
  /** Said in its place where nobody sees it. */
  label: string;
  formatX: (x: number) => string;
  formatY: (y: number) => string;
  /** Lines across the plot, each with its word. */
  marks?: readonly { x: number; label: string }[];
  /** Show what lies above and below zero in the colours of gain and loss. */
  isGain?: boolean;
  height?: number;
}

const MARGIN = { top: 18, right: 12, bottom: 24, left: 64 };
const TICK_PX = 90;

/** A line with its area, over a price or another plain number. */
export function LinePlot(props: LinePlotProps) {
  const { points, label, formatX, formatY, marks = [], isGain = false, height = 240 } = props;
  const { element, width } = useWidth<HTMLDivElement>();
  const above = useId();
  const [x, y] = scales(points, marks, { width, height, isGain });
  const zero = y(Math.min(Math.max(0, y.domain()[0] ?? 0), y.domain()[1] ?? 0));
  const shape = area<Point>()
    .x((point) => x(point.x))
    .y0(isGain ? zero : height - MARGIN.bottom)
    .y1((point) => y(point.y));
  const path = line<Point>()
    .x((point) => x(point.x))
    .y((point) => y(point.y));
  const ticks = Math.max(2, Math.floor((width - MARGIN.left) / TICK_PX));
  return (
    <div ref={element}>
      <svg className={styles.plot} width={width} height={height} role="img" aria-label={label}>
        <defs>
          <clipPath id={above}>
            <rect x={0} y={0} width={width} height={Math.max(0, zero)} />
          </clipPath>
          <clipPath id={`${above}-below`}>
            <rect x={0} y={zero} width={width} height={Math.max(0, height - zero)} />
          </clipPath>
        </defs>
        {y.ticks(5).map((tick) => (
          <g key={tick}>
            <line
              className={tick === 0 ? styles.zero : styles.grid}
              x1={MARGIN.left}
              x2={width - MARGIN.right}
              y1={y(tick)}
              y2={y(tick)}
            />
            <text x={MARGIN.left - 8} y={y(tick)} dy="0.32em" textAnchor="end">
              {formatY(tick)}
            </text>
          </g>
        ))}
        {x.ticks(ticks).map((tick) => (
          <text key={tick} x={x(tick)} y={height - 6} textAnchor="middle">
            {formatX(tick)}
          </text>
        ))}
        {isGain ? (
          <>
            <path className={styles.above} d={shape([...points]) ?? ""} clipPath={`url(#${above})`} />
            <path className={styles.below} d={shape([...points]) ?? ""} clipPath={`url(#${above}-below)`} />
          </>
        ) : (
          <path className={styles.area} d={shape([...points]) ?? ""} />
        )}
        <path className={styles.line} d={path([...points]) ?? ""} />
        {marks.map((mark) => (
          <g key={`${mark.label} ${mark.x}`}>
            <line
              className={styles.mark}
              x1={x(mark.x)}
              x2={x(mark.x)}
              y1={MARGIN.top}
              y2={height - MARGIN.bottom}
            />
            <text className={styles.marked} x={x(mark.x)} y={MARGIN.top - 6} textAnchor="middle">
              {mark.label}
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
}

function scales(
  points: readonly Point[],
  marks: readonly { x: number }[],
  { width, height, isGain }: { width: number; height: number; isGain: boolean },
) {
  const [from = 0, to = 1] = extent([...points, ...marks], ({ x }) => x);
  const [low = 0, high = 1] = extent([...points.map(({ y }) => y), ...(isGain ? [0] : [])]);
  const room = low === high ? Math.max(1, Math.abs(low) * 0.01) : 0;
  const across = [MARGIN.left, width - MARGIN.right];
  const x = scaleLinear([from, to], across);
  const y = scaleLinear()
    .domain([low - room, high + room])
    .nice(5)
    .range([height - MARGIN.bottom, MARGIN.top]);
  return [x, y] as const;
}
