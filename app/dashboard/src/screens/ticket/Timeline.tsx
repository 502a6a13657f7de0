import { Time } from "@/components/Time";
import { formatDuration } from "@/format/times";
import styles from "./Timeline.module.css";
import type { Ticket } from "./ticket";

// A step of a millisecond beside an approval of minutes would have no bar at all.
const SHORTEST_PERCENT = 0.6;

/** Every step with what it took; the bars are to scale and stand one after the other. */
export function Timeline({ steps }: { steps: Ticket["timeline"] }) {
  const total = steps.reduce((sum, step) => sum + step.milliseconds, 0);
  let before = 0;
  const placed = steps.map((step) => {
    const start = share(before, total);
    before += step.milliseconds;
    return { ...step, start, width: Math.max(SHORTEST_PERCENT, share(step.milliseconds, total)) };
  });
  return (
    <div>
      <ol className={styles.steps}>
        {placed.map((step, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a timeline only grows at its end.
          <li key={place} className={styles.step}>
            <span className={styles.at}>
              <Time at={step.at} show="time" />
            </span>
            <span className={styles.words}>
              <span className={styles.stage}>{step.stage}</span>
              {step.detail && <span className={styles.detail}>{step.detail}</span>}
            </span>
            <span className={styles.took}>
              {place === 0 ? "" : `+${formatMilliseconds(step.milliseconds)}`}
            </span>
            <span className={styles.track} aria-hidden="true">
              <span
                className={styles.bar}
                style={{ insetInlineStart: `${step.start}%`, inlineSize: `${step.width}%` }}
              />
            </span>
          </li>
        ))}
      </ol>
      <p className={styles.total}>
        In all <strong>{formatMilliseconds(total)}</strong> from the alert's arrival to the last step.
      </p>
    </div>
  );
}

function share(part: number, total: number): number {
  return total === 0 ? 0 : Math.min(100 - SHORTEST_PERCENT, (100 * part) / total);
}

function formatMilliseconds(milliseconds: number): string {
  return milliseconds < 10 ? `${milliseconds.toFixed(1)} ms` : formatDuration(milliseconds);
}
