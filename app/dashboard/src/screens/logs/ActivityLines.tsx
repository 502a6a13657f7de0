import { Link } from "react-router";
import type { Schema } from "@/api/client";
import { Badge } from "@/components/Badge";
import { Time } from "@/components/Time";
import styles from "./ActivityLines.module.css";

type Line = Schema<"Logs">["lines"][number];
export type Level = Line["level"];

/** How each level is called and coloured. */
export const LEVELS = {
  info: { word: "Info", tone: "neutral" },
  warning: { word: "Warning", tone: "warn" },
  error: { word: "Error", tone: "loss" },
} as const satisfies Record<Level, { word: string; tone: string }>;

/** Lines of the activity log; `ofTicket` leaves out the link to the ticket that one is looking at. */
export function ActivityLines({ lines, ofTicket }: { lines: readonly Line[]; ofTicket?: string }) {
  return (
    <ol>
      {lines.map((line, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: equal lines at one moment are not told apart.
        <li key={`${line.at}-${place}`} className={styles.line}>
          <span className="soft small">
            <Time at={line.at} show="short" withZone />
          </span>
          {line.level !== "info" && <Badge tone={LEVELS[line.level].tone}>{LEVELS[line.level].word}</Badge>}
          {line.source && <span className={styles.source}>{line.source}</span>}
          <span className={styles.text}>{withoutTicket(line.text)}</span>
          {line.ticket && line.ticket !== ofTicket && <Link to={`/tickets/${line.ticket}`}>Why?</Link>}
        </li>
      ))}
    </ol>
  );
}

// The link says it better.
function withoutTicket(text: string): string {
  return text.replace(/; ticket [0-9a-f-]{36}$/, "");
}
