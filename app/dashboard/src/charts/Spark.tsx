import { extent } from "d3-array";
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import styles from "./Figure.module.css";

/** A line the size of a word: the course of what stands beside it, which says it in figures. */
export function Spark({
  values,
  width = 96,
  height = 28,
}: {
  values: readonly number[];
  width?: number;
  height?: number;
}) {
  const [low = 0, high = 1] = extent(values);
  const x = scaleLinear([0, Math.max(1, values.length - 1)], [2, width - 2]);
  const y = scaleLinear([low, low === high ? low + 1 : high], [height - 2, 2]);
  const path = line<number>()
    .x((_, place) => x(place))
    .y(y);
  return (
    <svg className={styles.spark} width={width} height={height} aria-hidden="true">
      <path d={path([...values]) ?? ""} />
    </svg>
  );
}
