import { Link } from "react-router";
import type { Schema } from "@/api/client";
import { Percent } from "@/components/Figures";
import { Panel } from "@/components/Panel";
import { EmptyState } from "@/components/States";
import { type Column, Table } from "@/components/Table";
import { Time } from "@/components/Time";
import { formatCount } from "@/format/numbers";

type Result = Schema<"IdeaReplayResult">;
type Idea = Result["ideas"][number];

const COLUMNS: readonly Column<Idea>[] = [
  { name: "Idea", isTitle: true, cell: (idea) => <Link to={`/tickets/${idea.ticket}`}>{idea.symbol}</Link> },
  { name: "When", cell: (idea) => <Time at={idea.at} show="short" /> },
  { name: "Then", cell: (idea) => idea.old.outcome },
  { name: "Now", cell: (idea) => <strong>{idea.new.outcome}</strong> },
  { name: "Confidence", cell: (idea) => `${idea.old.confidence ?? "–"} → ${idea.new.confidence ?? "–"}` },
  { name: "Price after", isFigure: true, cell: (idea) => <Percent fraction={idea.gain} isGain /> },
];

/** What would have been different. */
export function IdeaResult({ result }: { result: Result }) {
  const { difference, cost } = result;
  const changed = result.ideas.filter((idea) => idea.old.outcome !== idea.new.outcome);
  return (
    <>
      <Panel title="In short">
        <p>
          Of {formatCount(difference.ideas)} {difference.ideas === 1 ? "idea" : "ideas"},{" "}
          <strong>{formatCount(difference.other_outcomes)}</strong> would have ended otherwise:{" "}
          {formatCount(difference.gained)} more ordered, {formatCount(difference.lost)} fewer.
        </p>
        <p>
          Average move after what was ordered: <Percent fraction={difference.old.average_gain} isGain /> then
          ({difference.old.priced} priced), <Percent fraction={difference.new.average_gain} isGain /> now (
          {difference.new.priced} priced).
        </p>
        {result.left_out > 0 && (
          <p className="soft">{result.left_out} could not be read and were left out.</p>
        )}
        {cost.tokens !== undefined && (
          <p className="soft">
            {formatCount(cost.requests ?? 0)} requests to the model, {formatCount(cost.tokens)} tokens.
          </p>
        )}
      </Panel>
      <Panel title="What would have ended otherwise" isFlush>
        {changed.length === 0 ? (
          <EmptyState title="Nothing: every idea would end as it did." />
        ) : (
          <Table
            caption="Ideas that would have ended otherwise"
            columns={COLUMNS}
            rows={changed}
            keyOf={({ ticket }) => ticket}
          />
        )}
      </Panel>
    </>
  );
}
