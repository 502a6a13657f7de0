import { bisector, extent, max } from "d3-array";
import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import { type PointerEvent, useState } from "react";
import { TimeAxis, ValueAxis } from "@/charts/Axes";
import styles from "@/charts/Figure.module.css";
import { useWidth } from "@/charts/useWidth";

export interface EquityPoint {
  at: number;
  equity: number;
  /** The fraction below the highest worth before. */
  drawdown: number;
}

interface EquityPlotProps {
  points: readonly EquityPoint[];
  label: string;
  formatEquity: (value: number) => string;
  formatDrawdown: (value: number) => string;
  /** Moments that tell why the line goes on as it does. */
  marks: readonly { at: number; word: string }[];
  /** What a pointer that rests on a point is told of it. */
  tell: (place: number) => string;
}

const MARGIN = { left: 68, right: 10 };
const EQUITY = { top: 18, bottom: 214 };
const DRAWDOWN = { top: 240, bottom: 310 };
const HEIGHT = 336;
const place = bisector((point: EquityPoint) => point.at).center;

/** What an account was worth, and below it on the same days how far that was from its peak. */
export function EquityPlot({ points, label, marks, formatEquity, formatDrawdown, tell }: EquityPlotProps) {
  const { element, width } = useWidth<HTMLDivElement>();
  const [pointed, setPointed] = useState<number>();
  const across = { left: MARGIN.left, right: width - MARGIN.right };
  const x = scaleLinear(extentOf(points), [across.left, across.right]);
  const [low, high] = worths(points);
  const y = scaleLinear([low, high], [EQUITY.bottom, EQUITY.top]).nice(4);
  const deepest = Math.max(0.001, max(points, ({ drawdown }) => drawdown) ?? 0);
  const down = scaleLinear([0, deepest], [DRAWDOWN.top, DRAWDOWN.bottom]).nice(2);
  const current = pointed === undefined ? undefined : points[pointed];

  const point = (event: PointerEvent<SVGSVGElement>) => {
    const left = event.currentTarget.getBoundingClientRect().left;
    setPointed(place(points, x.invert(event.clientX - left)));
  };

  return (
    <div ref={element}>
      <svg
        className={styles.plot}
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={label}
        onPointerMove={point}
        onPointerLeave={() => setPointed(undefined)}
      >
        <ValueAxis scale={y} frame={{ ...across, ...EQUITY }} format={formatEquity} />
        <ValueAxis scale={down} frame={{ ...across, ...DRAWDOWN }} format={formatDrawdown} count={2} />
        <text x={across.left} y={DRAWDOWN.top - 8}>
          Drawdown
        </text>
        <Curves points={points} x={(at) => x(at)} y={(value) => y(value)} down={(value) => down(value)} />
        <TimeAxis scale={x} frame={{ ...across, bottom: DRAWDOWN.bottom }} />
        <Marks marks={marks} x={(at) => x(at)} across={across} />
        {current && (
          <g>
            <line
              className={styles.cursor}
              x1={x(current.at)}
              x2={x(current.at)}
              y1={EQUITY.top}
              y2={DRAWDOWN.bottom}
            />
            <circle className={styles.median} cx={x(current.at)} cy={y(current.equity)} r={4} />
          </g>
        )}
      </svg>
      <p className={styles.told} aria-hidden="true">
        {tell(pointed ?? points.length - 1)}
      </p>
    </div>
  );
}

type Scale = (value: number) => number;

function Curves({ points, x, y, down }: { points: readonly EquityPoint[]; x: Scale; y: Scale; down: Scale }) {
  const all = [...points];
  const worth = line<EquityPoint>(
    (point) => x(point.at),
    (point) => y(point.equity),
  );
  const ground = area<EquityPoint>(
    (point) => x(point.at),
    EQUITY.bottom,
    (point) => y(point.equity),
  );
  const depth = line<EquityPoint>(
    (point) => x(point.at),
    (point) => down(point.drawdown),
  );
  const fall = area<EquityPoint>(
    (point) => x(point.at),
    DRAWDOWN.top,
    (point) => down(point.drawdown),
  );
  return (
    <>
      <path className={styles.area} d={ground(all) ?? ""} />
      <path className={styles.line} d={worth(all) ?? ""} />
      <path className={styles.fall} d={fall(all) ?? ""} />
      <path className={styles.fallLine} d={depth(all) ?? ""} />
    </>
  );
}

const WORD_PX = 64;

/** Lines across both plots; of those too close to each other only the first has its word. */
function Marks({
  marks,
  x,
  across,
}: {
  marks: EquityPlotProps["marks"];
  x: Scale;
  across: { left: number; right: number };
}) {
  const seen = marks.filter(({ at }) => x(at) >= across.left && x(at) <= across.right);
  return seen.map(({ at, word }, number) => {
    const before = seen[number - 1];
    const hasRoom = before === undefined || x(at) - x(before.at) > WORD_PX;
    return (
      <g key={at}>
        <line className={styles.limit} x1={x(at)} x2={x(at)} y1={EQUITY.top} y2={DRAWDOWN.bottom} />
        {hasRoom && (
          <text
            className={styles.limitName}
            x={x(at)}
            y={EQUITY.top - 4}
            textAnchor={x(at) - across.left < WORD_PX / 2 ? "start" : "middle"}
          >
            {word}
          </text>
        )}
      </g>
    );
  });
}

function extentOf(points: readonly EquityPoint[]): [number, number] {
  const [from = 0, to = 1] = extent(points, ({ at }) => at);
  return from === to ? [from - 1, to + 1] : [from, to];
}

function worths(points: readonly EquityPoint[]): [number, number] {
  const [low = 0, high = 1] = extent(points, ({ equity }) => equity);
  return low === high ? [low - 1, high + 1] : [low, high];
}
