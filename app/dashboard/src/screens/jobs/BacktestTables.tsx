import type { ReactNode } from "react";
import { Money, Price, Quantity } from "@/components/Figures";
import { type Column, Table } from "@/components/Table";
import { Time } from "@/components/Time";
import { formatCount } from "@/format/numbers";
import type { Report } from "./BacktestResult";
import styles from "./BacktestTables.module.css";

type Trade = Report["trades"][number];
type Compared = Report["comparison"][number];

const tradesIn = (currency: string): readonly Column<Trade>[] => [
  { name: "Symbol", isTitle: true, cell: ({ symbol }) => symbol },
  { name: "Bot", cell: ({ bot }) => bot },
  { name: "Side", cell: ({ side }) => (side === "buy" ? "long" : "short") },
  { name: "Quantity", isFigure: true, cell: ({ quantity }) => <Quantity quantity={quantity} /> },
  { name: "Entry", cell: ({ entry_time }) => <Time at={entry_time} show="short" /> },
  { name: "Price", isFigure: true, cell: ({ entry_price }) => <Price price={entry_price} /> },
  {
    name: "Exit",
    cell: ({ exit_time }) => (exit_time === null ? "open" : <Time at={exit_time} show="short" />),
  },
  { name: "Exit price", isFigure: true, cell: ({ exit_price }) => <Price price={exit_price} /> },
  { name: "Gain", isFigure: true, cell: ({ gain }) => <Money amount={gain} currency={currency} isGain /> },
  { name: "Fees", isFigure: true, cell: ({ fees }) => <Money amount={fees} currency={currency} /> },
  { name: "Ended by", cell: ({ reason }) => reason.replaceAll("_", " ") },
];

const REFUSALS: readonly Column<[string, number]>[] = [
  { name: "Reason", isTitle: true, cell: ([code]) => <code>{code}</code> },
  { name: "Alerts", isFigure: true, cell: ([, count]) => formatCount(count) },
];

const comparedIn = (currency: string): readonly Column<Compared>[] => [
  { name: "Trade", isTitle: true, cell: ({ trade }) => trade },
  {
    name: "Difference",
    isFigure: true,
    cell: ({ difference }) => <Money amount={difference} currency={currency} isGain />,
  },
  { name: "Why", isText: true, cell: ({ why }) => why },
];

/** Closed trades, then those that are open at the end. */
export function BacktestTrades({ result }: { result: Report }) {
  const rows = [...result.trades, ...result.open_trades];
  const left = result.metrics.trades - result.trades.length;
  return (
    <>
      <Scrolled label="Trades of the backtest">
        <Table
          caption="Trades of the backtest"
          columns={tradesIn(result.currency ?? "")}
          rows={rows}
          keyOf={(trade) =>
            `${trade.bot} ${trade.symbol} ${trade.entry_time} ${trade.exit_time} ${trade.side}`
          }
        />
      </Scrolled>
      {left > 0 && <p className={styles.more}>{formatCount(left)} more are in trades.csv.</p>}
    </>
  );
}

/** How many alerts were refused, and why. */
export function Refusals({ refusals }: { refusals: Report["refusals"] }) {
  return (
    <Table
      caption="Refused alerts by reason"
      columns={REFUSALS}
      rows={Object.entries(refusals)}
      keyOf={([code]) => code}
    />
  );
}

/** Their trades beside ours. */
export function Comparison({ result }: { result: Report }) {
  return (
    <Scrolled label="Trades beside the list">
      <Table
        caption="Trades beside the list"
        columns={comparedIn(result.currency ?? "")}
        rows={result.comparison}
        keyOf={({ trade }) => trade}
      />
    </Scrolled>
  );
}

// A long table is scrolled in its place, by the keyboard too.
const REACHABLE = { tabIndex: 0 };

function Scrolled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section className={styles.scrolled} aria-label={label} {...REACHABLE}>
      {children}
    </section>
  );
}
