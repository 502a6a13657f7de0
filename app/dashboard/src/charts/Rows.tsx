import { scaleLinear } from "d3-scale";
import styles from "./Figure.module.css";
import { fitted } from "./fitted";
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
  return (
    <div ref={element}>
      <svg
        className={styles.plot}
        width={width}
        height={Math.max(1, rows.length) * ROW_PX}
        role="img"
        aria-label={label}
      >
        {rows.map((row, place) => (
          <g key={row.key} transform={`translate(0 ${place * ROW_PX})`}>
            <text className={styles.name} x={0} y={15}>
              {fitted(row.name, row.text, width)}
            </text>
            <text className={styles.value} x={width} y={15} textAnchor="end">
              {row.text}
            </text>
            <rect className={styles.track} x={0} y={23} width={width} height={BAR_PX} rx={BAR_PX / 2} />
            <rect
              className={`${isGain ? (row.value < 0 ? styles.lose : styles.win) : styles.bar} ${row.isFew ? styles.few : ""}`}
              x={Math.min(x(0), x(row.value))}
              y={23}
              width={row.value === 0 ? 0 : Math.max(2, Math.abs(x(row.value) - x(0)))}
              height={BAR_PX}
              rx={3}
            />
            {low < 0 && <line className={styles.zero} x1={x(0)} x2={x(0)} y1={20} y2={36} />}
          </g>
        ))}
      </svg>
    </div>
  );
}
