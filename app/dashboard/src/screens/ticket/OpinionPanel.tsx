import { Badge } from "@/components/Badge";
import { Money, Percent } from "@/components/Figures";
import { Panel } from "@/components/Panel";
import { type Column, Table } from "@/components/Table";
import { formatCount } from "@/format/numbers";
import { formatDuration } from "@/format/times";
import styles from "./OpinionPanel.module.css";
import type { Opinion } from "./ticket";

type Call = Opinion["tool_calls"][number] & { place: number };

const ACTIONS = { buy: "Buy", sell_short: "Sell short", skip: "Skip" } as const;
const CALLS: readonly Column<Call>[] = [
  { name: "Asked", isTitle: true, cell: (call) => call.name },
  { name: "With", cell: (call) => <code>{JSON.stringify(call.arguments)}</code> },
  { name: "Heard", cell: (call) => call.error ?? call.digest ?? "nothing" },
  {
    name: "Took",
    isFigure: true,
    cell: (call) => (call.milliseconds === null ? "–" : formatDuration(call.milliseconds)),
  },
];

/** What the analyst said, what it looked at, and what that cost. */
export function OpinionPanel({ opinion }: { opinion: Opinion }) {
  const { decision, failure } = opinion;
  const calls = opinion.tool_calls.map((call, place) => ({ ...call, place }));
  return (
    <Panel
      title="Opinion"
      hint={`${opinion.analyst}, ${opinion.model}, ${formatDuration(opinion.milliseconds)}, ${formatCount(opinion.usage.total_tokens)} tokens`}
    >
      {failure && (
        <p>
          <Badge tone="warn">No opinion</Badge> {failure.message}
        </p>
      )}
      {decision && (
        <div className={styles.decision}>
          <p>
            <strong>
              {ACTIONS[decision.action]} {decision.symbol}
            </strong>{" "}
            for up to <Money amount={decision.notional_usd} currency="USD" />, confidence{" "}
            <Percent fraction={decision.confidence} />
          </p>
          <p>{decision.rationale}</p>
          {decision.risk_notes.length > 0 && (
            <ul className={styles.risks} aria-label="Risks it sees">
              {decision.risk_notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          )}
        </div>
      )}
      {calls.length > 0 && (
        <details>
          <summary>{`${calls.length} ${calls.length === 1 ? "question" : "questions"} to market data`}</summary>
          <Table
            caption="Questions to market data"
            columns={CALLS}
            rows={calls}
            keyOf={({ place }) => String(place)}
          />
        </details>
      )}
    </Panel>
  );
}
