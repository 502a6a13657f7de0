import { scaleLinear } from "d3-scale";
import styles from "./Figure.module.css";
import { linesOf } from "./lines";
import { useWidth } from "./useWidth";

export interface NamedRange {
  key: string;
  name: string;
  text: string;
  /** The filled dot. */
  middle: number;
  /** The hollow one. */
  tail: number;
  isFew?: boolean;
}

interface RangesProps {
  rows: readonly NamedRange[];
  label: string;
  /** A line across all rows, with its word. */
  limit?: { value: number; name: string };
  /** From a thousandth of a second to minutes: each step of the axis is ten times the last. */
  isLog?: boolean;
  formatX: (value: number) => string;
}

const ROW_PX = 42;
const SIDE_PX = 10;
const FOOT_PX = 24;
const HEAD_PX = 18;
const LEAST = 1;
const TICK_PX = 90;

/** The middle and the tail of each row on one axis. */
export function Ranges({ rows, label, limit, isLog = false, formatX }: RangesProps) {
  const { element, width } = useWidth<HTMLDivElement>();
  // On a logarithmic axis what is less than its beginning stands there.
  const put = (value: number) => (isLog ? Math.log10(Math.max(LEAST, value)) : value);
  const values = [...rows.flatMap(({ middle, tail }) => [middle, tail]), limit?.value ?? 0].map(put);
  const x = scaleOf(values, isLog, width);
  const ticks = x.ticks(Math.max(2, width / TICK_PX)).filter((tick) => !isLog || Number.isInteger(tick));
  const lines = linesOf(rows, width);
  const height = ROW_PX + lines.more;
  const middle = 30 + lines.more;
  const bottom = HEAD_PX + rows.length * height;
  const place = (value: number) => x(put(value));
  return (
    <div ref={element}>
      <svg className={styles.plot} width={width} height={bottom + FOOT_PX} role="img" aria-label={label}>
        {ticks.map((tick) => (
          <g key={tick}>
            <line
              className={tick === 0 ? styles.zero : styles.grid}
              x1={x(tick)}
              x2={x(tick)}
              y1={HEAD_PX}
              y2={bottom}
            />
            <text x={x(tick)} y={bottom + 16} textAnchor="middle">
              {formatX(isLog ? 10 ** tick : tick)}
            </text>
          </g>
        ))}
        {limit && (
          <g>
            <line
              className={styles.limit}
              x1={place(limit.value)}
              x2={place(limit.value)}
              y1={HEAD_PX}
              y2={bottom}
            />
            <text className={styles.limitName} x={place(limit.value)} y={HEAD_PX - 6} textAnchor="middle">
              {limit.name}
            </text>
          </g>
        )}
        {rows.map((row, number) => (
          <g
            key={row.key}
            transform={`translate(0 ${HEAD_PX + number * height})`}
            className={row.isFew ? styles.few : undefined}
          >
            <line
              className={styles.span}
              x1={place(row.middle)}
              x2={place(row.tail)}
              y1={middle}
              y2={middle}
            />
            <circle className={styles.tail} cx={place(row.tail)} cy={middle} r={4.5} />
            <circle className={styles.median} cx={place(row.middle)} cy={middle} r={5} />
          </g>
        ))}
        {rows.map((row, number) => (
          <g key={row.key} transform={`translate(0 ${HEAD_PX + number * height})`}>
            <text className={`${styles.name} ${styles.halo}`} x={0} y={15}>
              {lines.named(row.name)}
            </text>
            <text className={`${styles.value} ${styles.halo}`} {...lines.value}>
              {row.text}
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
}

function scaleOf(values: readonly number[], isLog: boolean, width: number) {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const across = [SIDE_PX, width - SIDE_PX];
  if (isLog) {
    return scaleLinear([0, Math.max(1, Math.ceil(high))], across);
  }
  return scaleLinear(low === high ? [-1, 1] : [low, high], across).nice(5);
}
