import { Price } from "@/components/Figures";
import { Panel } from "@/components/Panel";
import { type Column, Table } from "@/components/Table";
import { contractWords } from "@/format/contracts";
import type { Trade } from "./trades";

type Leg = Trade["legs"][number];

const COLUMNS: readonly Column<Leg>[] = [
  { name: "Leg", isTitle: true, cell: ({ symbol }) => contractWords(symbol) },
  { name: "Side", cell: ({ side }) => (side === "buy" ? "bought" : "sold") },
  { name: "For each unit", isFigure: true, cell: ({ ratio }) => Math.abs(ratio) },
  { name: "Entered at", isFigure: true, cell: (leg) => <Price price={leg.entry_price} /> },
  { name: "Price seen last", isFigure: true, cell: (leg) => <Price price={leg.mark} /> },
];

/** What it is made of. */
export function LegsTable({ legs }: { legs: readonly Leg[] }) {
  return (
    <Panel title={legs.length === 1 ? "Position" : "Legs"} isFlush>
      <Table caption="Legs" columns={COLUMNS} rows={legs} keyOf={({ symbol }) => symbol} />
    </Panel>
  );
}
