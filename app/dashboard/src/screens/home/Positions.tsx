import { Link } from "react-router";
import type { Schema } from "@/api/client";
import { Average, Money, Price, Quantity } from "@/components/Figures";
import { Panel } from "@/components/Panel";
import { EmptyState } from "@/components/States";
import { type Column, Table } from "@/components/Table";
import { contractWords } from "@/format/contracts";

type AccountDay = Schema<"AccountDay">;
type HeldPosition = Schema<"HeldPosition">;

interface Props {
  positions: HeldPosition[];
  accounts: AccountDay[];
}

/** What is held, what it gained, what protects it, and whose it is. */
export function Positions({ positions, accounts }: Props) {
  const currencies = new Map(accounts.map(({ broker, currency }) => [broker, currency]));
  const hasSeveralBrokers = new Set(positions.map(({ broker }) => broker)).size > 1;
  const columns: Column<HeldPosition>[] = [
    { name: "Symbol", isTitle: true, cell: ({ symbol }) => contractWords(symbol) },
    ...(hasSeveralBrokers ? [{ name: "Broker", cell: ({ broker }: HeldPosition) => broker }] : []),
    { name: "Quantity", isFigure: true, cell: ({ quantity }) => <Quantity quantity={quantity} /> },
    { name: "Average", isFigure: true, cell: ({ average_price: price }) => <Average price={price} /> },
    { name: "Price", isFigure: true, cell: ({ market_price: price }) => <Price price={price} /> },
    {
      name: "Gain",
      isFigure: true,
      cell: ({ broker, unrealized_pnl: gain }) => (
        <Money amount={gain} currency={currencies.get(broker) ?? ""} isGain />
      ),
    },
    { name: "Stop", isFigure: true, cell: (position) => <Levels position={position} level="stop_loss" /> },
    {
      name: "Target",
      isFigure: true,
      cell: (position) => <Levels position={position} level="take_profit" />,
    },
    { name: "Held by", cell: (position) => <Holders position={position} /> },
  ];
  return (
    <Panel title={`Open positions${positions.length > 0 ? ` (${positions.length})` : ""}`} isFlush>
      {positions.length === 0 ? (
        <EmptyState title="Nothing is held.">
          A position appears some seconds after its first fill.
        </EmptyState>
      ) : (
        <Table
          caption="Open positions"
          columns={columns}
          rows={positions}
          keyOf={({ broker, symbol }) => `${broker} ${symbol}`}
        />
      )}
    </Panel>
  );
}

function Levels({ position, level }: { position: HeldPosition; level: "stop_loss" | "take_profit" }) {
  const found = position.exits.filter((exits) => exits[level] !== null);
  if (found.length === 0) {
    return <span className="soft">none</span>;
  }
  return found.map((exits, index) => (
    <span key={exits.bot}>
      {index > 0 && ", "}
      <Price price={exits[level]} />
    </span>
  ));
}

function Holders({ position: { held_by: holders } }: { position: HeldPosition }) {
  if (holders.length === 0) {
    return "nobody: opened elsewhere";
  }
  return holders.map(({ bot, trade }, index) => (
    <span key={bot}>
      {index > 0 && ", "}
      {trade === null ? bot : <Link to={`/trades/${trade}`}>{`${bot}, trade ${trade}`}</Link>}
    </span>
  ));
}
