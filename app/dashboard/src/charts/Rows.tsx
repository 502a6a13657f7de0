import { scaleLinear } from "d3-scale";
import styles from "./Figure.module.css";
import { linesOf } from "./lines";
import { useWidth } from "./useWidth";

export interface NamedBar {
  key: string;
  name: string;
  /** Its value as people read it, at the right. */
  text: string;
  value: number;
  /** Of too few to say much: shown paler. */
  isFew?: boolean;
}

interface RowsProps {
  rows: readonly NamedBar[];
  label: string;
  /** Gains to the right and losses to the left of one line, in their colours. */
  isGain?: boolean;
}

const ROW_PX = 40;
const BAR_PX = 10;

/** One bar a name, below each other: names and values stand above their bars, so that a phone has room. */
export function Rows({ rows, label, isGain = false }: RowsProps) {
  const { element, width } = useWidth<HTMLDivElement>();
  const values = rows.map(({ value }) => value);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const x = scaleLinear([low, low === high ? 1 : high], [0, width]);
  const lines = linesOf(rows, width);
  const height = ROW_PX + lines.more;
  const top = 23 + lines.more;
  return (
    <div ref={element}>
      <svg
        className={styles.plot}
        width={width}
        height={Math.max(1, rows.length) * height}
        role="img"
        aria-label={label}
      >
        {rows.map((row, place) => (
          <g key={row.key} transform={`translate(0 ${place * height})`}>
            <text className={styles.name} x={0} y={15}>
              {lines.named(row.name)}
            </text>
            <text className={styles.value} {...lines.value}>
              {row.text}
            </text>
            <rect className={styles.track} x={0} y={top} width={width} height={BAR_PX} rx={BAR_PX / 2} />
            <rect
              className={`${isGain ? (row.value < 0 ? styles.lose : styles.win) : styles.bar} ${row.isFew ? styles.few : ""}`}
              x={Math.min(x(0), x(row.value))}
              y={top}
              width={row.value === 0 ? 0 : Math.max(2, Math.abs(x(row.value) - x(0)))}
              height={BAR_PX}
              rx={3}
            />
            {low < 0 && (
              <line className={styles.zero} x1={x(0)} x2={x(0)} y1={top - 3} y2={top + BAR_PX + 3} />
            )}
          </g>
        ))}
      </svg>
    </div>
  );
}
