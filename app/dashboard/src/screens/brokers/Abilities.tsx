import { type Column, Table } from "@/components/Table";
import styles from "./BrokerPanel.module.css";
import { type BrokerCard, brokerName } from "./brokers";

type AssetClass = BrokerCard["capabilities"]["asset_classes"][number];

const CLASS_WORDS: Record<AssetClass, string> = {
  equity: "Shares",
  crypto: "Coins",
  option: "Options",
  future: "Futures",
  forex: "Currencies",
  unknown: "Others",
};

interface Row {
  asset: AssetClass;
  isFractional: boolean;
  isShort: boolean;
  holder: string | undefined;
}

const COLUMNS: readonly Column<Row>[] = [
  { name: "Kind", isTitle: true, cell: (row) => CLASS_WORDS[row.asset] },
  { name: "Fractions", cell: (row) => yesNo(row.isFractional) },
  { name: "Short", cell: (row) => yesNo(row.isShort) },
  { name: "Stops and targets are held by", cell: (row) => HOLDERS[row.holder ?? ""] ?? "–" },
];

const HOLDERS: Record<string, string> = {
  broker: "the broker, also while Gatehouse is down",
  gatehouse: "Gatehouse, while it runs",
};

/** What the broker can, and who holds the exits there. */
export function Abilities({ card }: { card: BrokerCard }) {
  const can = card.capabilities;
  const rows = can.asset_classes.map((asset) => ({
    asset,
    isFractional: can.fractional.includes(asset),
    isShort: can.short.includes(asset),
    holder: can.exits_held_by[asset],
  }));
  const more = [
    can.structures && "Trades option structures as one order.",
    can.notional && "Takes orders by amount.",
    can.day_orders_only && "Orders end with the day.",
    can.market_orders_rest && "Orders at the market may rest; Gatehouse looks after them.",
  ].filter((sentence) => sentence !== false);
  return (
    <details className={styles.abilities}>
      <summary>What {brokerName(card.broker)} can do, and who holds the stops</summary>
      <div className="stack">
        <Table
          caption={`What ${brokerName(card.broker)} can do`}
          columns={COLUMNS}
          rows={rows}
          keyOf={({ asset }) => asset}
        />
        {more.length > 0 && <p className="small soft">{more.join(" ")}</p>}
        <p className="small soft">The account's day begins at midnight of {can.zone}.</p>
      </div>
    </details>
  );
}

function yesNo(is: boolean): string {
  return is ? "yes" : "no";
}
