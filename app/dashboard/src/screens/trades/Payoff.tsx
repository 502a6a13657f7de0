import { Figure } from "@/charts/Figure";
import { LinePlot } from "@/charts/LinePlot";
import { Money, Price } from "@/components/Figures";
import { Panel } from "@/components/Panel";
import { formatMoney, formatPrice, formatStep } from "@/format/money";
import type { Trade } from "./trades";

type PayoffFigures = NonNullable<Trade["payoff"]>;
type Point = PayoffFigures["points"][number];

/** What the structure brings at expiry, by the underlying's price. */
export function Payoff({ trade, payoff }: { trade: Trade; payoff: PayoffFigures }) {
  const currency = trade.currency ?? "";
  const summary = summarise(payoff, currency);
  // Pixels, not money: a float is exact enough for a place on the screen.
  const points = payoff.points.map(({ price, profit_loss: gain }) => ({ x: Number(price), y: Number(gain) }));
  const marks = payoff.break_evens.map((price) => ({ x: Number(price), label: formatPrice(price) }));
  return (
    <Panel title="At expiry">
      <Figure
        title={`Gain at expiry by the price of ${trade.symbol}`}
        summary={summary}
        definition="Of all units, after what was paid or received and the fees so far."
        rows={payoff.points}
        columns={[
          { name: "Price", isTitle: true, cell: (point: Point) => <Price price={point.price} /> },
          {
            name: "Gain",
            isFigure: true,
            cell: (point: Point) => <Money amount={point.profit_loss} currency={currency} isGain />,
          },
        ]}
        keyOf={({ price }) => price}
        csv={{
          name: `payoff-${trade.number}`,
          header: ["price", "profit_loss"],
          cells: (point) => [point.price, point.profit_loss],
        }}
      >
        <LinePlot
          points={points}
          label={summary}
          marks={marks}
          isGain
          formatX={(price) => formatPrice(String(price)).replace(/\.00$/, "")}
          formatY={(gain) => formatStep(gain, currency)}
        />
      </Figure>
    </Panel>
  );
}

function summarise(payoff: PayoffFigures, currency: string): string {
  const loss = payoff.largest_loss === null ? "without end" : formatMoney(payoff.largest_loss, currency);
  const gain = payoff.largest_gain === null ? "without end" : formatMoney(payoff.largest_gain, currency);
  const evens = payoff.break_evens.map((price) => formatPrice(price)).join(" and ");
  return `Largest loss ${loss}, largest gain ${gain}${evens === "" ? "" : `, breaks even at ${evens}`}.`;
}
