import { Figure } from "@/charts/Figure";
import { Scatter } from "@/charts/Scatter";
import { Percent } from "@/components/Figures";
import { NOTHING } from "@/format/decimals";
import { formatCount, formatPercent } from "@/format/numbers";
import styles from "./AnalyticsScreen.module.css";
import { counted, FEW, type Opinions } from "./analytics";
import { Count, KeyFigure, KeyFigures } from "./KeyFigures";

type Tenth = Opinions["reliability"][number];

const FATES = [
  [
    "followed",
    "Followed",
    "An entry was ordered. What the price did in the alert's direction until a day later, on average.",
  ],
  [
    "skipped",
    "Skipped",
    "The opinion was against the trade. What the price did in the alert's direction all the same.",
  ],
  [
    "denied",
    "Denied",
    "A gate, you or the time refused it. What the price did in the alert's direction all the same.",
  ],
] as const;

/** Whether opinions were as good as they were sure of themselves. */
export function OpinionFigure({ opinions }: { opinions: Opinions }) {
  const tenths = opinions.reliability.filter((row) => row.opinions > 0);
  const judged = tenths.reduce((sum, { known }) => sum + known, 0);
  const summary = summarise(opinions, judged);
  return (
    <>
      <KeyFigures label="Figures of opinions">
        <KeyFigure
          name="Brier score"
          definition="The mean square of confidence less outcome (1 right, 0 wrong): 0 is perfect, 0.25 is a coin's."
          n={judged}
        >
          {opinions.brier_score === null ? NOTHING : Number(opinions.brier_score).toFixed(3)}
        </KeyFigure>
        {FATES.map(([fate, name, definition]) => (
          <KeyFigure
            key={fate}
            name={name}
            definition={definition}
            n={opinions[fate].known}
            more={<span>of {counted(opinions[fate].opinions, "opinion")}</span>}
          >
            <Percent fraction={opinions[fate].average_gain} isGain={opinions[fate].known >= FEW} />
          </KeyFigure>
        ))}
        <KeyFigure
          name="Cost"
          definition="Tokens that the model read and wrote."
          more={opinions.failed > 0 && <span>{formatCount(opinions.failed)} gave no opinion</span>}
        >
          {counted(opinions.tokens, "token")}
        </KeyFigure>
      </KeyFigures>
      <div className={styles.narrow}>
        <Figure
          title="Confidence and outcome"
          summary={summary}
          definition={
            "Opinions that were for a trade, by tenths of confidence. Right: the price went the alert's way until a " +
            "day later; where no broker keeps bars of it, the trade that it opened brought a gain after fees. On the " +
            "dashed line confidence is deserved; below it, the opinions were too sure of themselves."
          }
          rows={tenths}
          columns={[
            { name: "Confidence", isTitle: true, cell: (row: Tenth) => span(row) },
            {
              name: "Average",
              isFigure: true,
              cell: (row: Tenth) => <Percent fraction={row.confidence} digits={1} />,
            },
            {
              name: "Right",
              isFigure: true,
              cell: (row: Tenth) => <Percent fraction={row.rate} digits={1} />,
            },
            { name: "Outcomes", isFigure: true, cell: (row: Tenth) => <Count n={row.known} /> },
            { name: "Opinions", isFigure: true, cell: (row: Tenth) => formatCount(row.opinions) },
          ]}
          keyOf={({ lower }) => lower}
          csv={{
            name: "opinions-reliability",
            header: ["lower", "upper", "opinions", "known", "right", "rate", "confidence"],
            cells: (row) => [
              row.lower,
              row.upper,
              row.opinions,
              row.known,
              row.right,
              row.rate,
              row.confidence,
            ],
          }}
        >
          <Scatter
            label={summary}
            xName="Confidence"
            yName="Were right"
            formatX={percent}
            formatY={percent}
            dots={tenths
              .filter(({ known }) => known > 0)
              .map((row) => ({
                key: row.lower,
                x: Number(row.confidence),
                y: Number(row.rate),
                n: row.known,
                isFew: row.known < FEW,
                tip: `${span(row)} sure: ${row.right} of ${row.known} right (${formatPercent(row.rate, { digits: 1 })})`,
              }))}
          />
        </Figure>
      </div>
    </>
  );
}

function percent(value: number): string {
  return formatPercent(String(value), { digits: 0 });
}

function span({ lower, upper }: Tenth): string {
  return `${formatPercent(lower, { digits: 0 })} to ${formatPercent(upper, { digits: 0 })}`;
}

function summarise(opinions: Opinions, judged: number): string {
  const given = counted(opinions.opinions, "opinion");
  if (opinions.brier_score === null) {
    return `${given}; of none is it known yet what came of it.`;
  }
  const score = Number(opinions.brier_score);
  const than = score < 0.25 ? "better than" : score > 0.25 ? "worse than" : "the same as";
  return (
    `${given}; of ${formatCount(judged)} that were for a trade the outcome is known: a Brier score of ` +
    `${score.toFixed(3)}, ${than} a coin's 0.25.`
  );
}
