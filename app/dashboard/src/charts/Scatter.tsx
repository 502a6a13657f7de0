import { scaleLinear } from "d3-scale";
import { ValueAxis } from "./Axes";
import styles from "./Figure.module.css";
import { useWidth } from "./useWidth";

export interface Dot {
  key: string;
  x: number;
  y: number;
  /** Of how many it is made: its area. */
  n: number;
  tip: string;
  isFew?: boolean;
}

interface ScatterProps {
  dots: readonly Dot[];
  label: string;
  formatX: (value: number) => string;
  formatY: (value: number) => string;
  xName: string;
  yName: string;
  height?: number;
}

const MARGIN = { top: 22, right: 16, bottom: 40, left: 52 };
const LARGEST_PX = 16;
const SMALLEST_PX = 4;

/** Fractions beside fractions, with the line on which both are the same. */
export function Scatter({ dots, label, formatX, formatY, xName, yName, height = 280 }: ScatterProps) {
  const { element, width } = useWidth<HTMLDivElement>();
  const frame = {
    left: MARGIN.left,
    right: width - MARGIN.right,
    top: MARGIN.top,
    bottom: height - MARGIN.bottom,
  };
  const x = scaleLinear([0, 1], [frame.left, frame.right]);
  const y = scaleLinear([0, 1], [frame.bottom, frame.top]);
  const most = Math.max(1, ...dots.map(({ n }) => n));
  const r = (n: number) => SMALLEST_PX + (LARGEST_PX - SMALLEST_PX) * Math.sqrt(n / most);
  return (
    <div ref={element}>
      <svg className={styles.plot} width={width} height={height} role="img" aria-label={label}>
        <ValueAxis scale={y} frame={frame} format={formatY} />
        {x.ticks(5).map((tick) => (
          <text key={tick} x={x(tick)} y={frame.bottom + 18} textAnchor="middle">
            {formatX(tick)}
          </text>
        ))}
        <text x={frame.left} y={12}>
          {yName}
        </text>
        <text x={frame.right} y={height - 4} textAnchor="end">
          {xName}
        </text>
        <line className={styles.ideal} x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
        {dots.map((dot) => (
          <circle
            key={dot.key}
            className={`${styles.dot} ${dot.isFew ? styles.few : ""}`}
            cx={x(dot.x)}
            cy={y(dot.y)}
            r={r(dot.n)}
          >
            <title>{dot.tip}</title>
          </circle>
        ))}
      </svg>
    </div>
  );
}
