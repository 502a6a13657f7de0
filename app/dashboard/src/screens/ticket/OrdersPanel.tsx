import { Average, Price, Quantity } from "@/components/Figures";
import { Panel } from "@/components/Panel";
import { type Column, Table } from "@/components/Table";
import { Time, ZoneName } from "@/components/Time";
import { contractWords } from "@/format/contracts";
import { signOf, withTrueMinus } from "@/format/decimals";
import { slippage } from "@/format/slippage";
import type { Ticket } from "./ticket";

type Order = Ticket["orders"][number];

const columnsFor = (reference: string | undefined): readonly Column<Order>[] => [
  {
    name: "Order",
    isTitle: true,
    cell: (order) => `${order.side === "buy" ? "Buy" : "Sell"} ${contractWords(order.symbol)}`,
  },
  { name: "For", cell: (order) => order.role ?? "–" },
  { name: "Type", cell: (order) => order.type.replaceAll("_", " ") },
  { name: "Quantity", isFigure: true, cell: (order) => <Quantity quantity={order.quantity} /> },
  { name: "Limit", isFigure: true, cell: (order) => <Price price={order.limit_price} /> },
  { name: "Stop", isFigure: true, cell: (order) => <Price price={order.stop_price} /> },
  { name: "Filled", isFigure: true, cell: (order) => <Quantity quantity={order.filled_quantity} /> },
  { name: "Average price", isFigure: true, cell: (order) => <Average price={order.average_fill_price} /> },
  { name: "Slippage", isFigure: true, cell: (order) => <Slippage order={order} reference={reference} /> },
  { name: "State", cell: (order) => order.status.replaceAll("_", " ") },
  {
    name: "Filled at",
    header: (
      <>
        Filled at (<ZoneName />)
      </>
    ),
    cell: (order) => <Time at={order.filled_at} show="short" />,
  },
];

/** What went to the broker and what it made of it. */
export function OrdersPanel({ ticket }: { ticket: Ticket }) {
  return (
    <Panel title="Orders" isFlush hint={hint(ticket)}>
      <Table
        caption="Orders of this ticket"
        columns={columnsFor(ticket.signal?.reference_price)}
        rows={ticket.orders}
        keyOf={(order) => order.client_order_id}
      />
    </Panel>
  );
}

function hint({ orders }: Ticket): string {
  const ids = orders.map((order) => `${order.broker} ${order.broker_order_id ?? "without a number"}`);
  return `At the broker: ${ids.join(", ")}`;
}

const COMPARED = {
  [-1]: "better than the alert's price",
  0: "as the alert's price",
  1: "worse than the alert's price",
};

function Slippage({ order, reference }: { order: Order; reference: string | undefined }) {
  const points = slippage(order.side, order.average_fill_price, reference);
  if (points === null) {
    return <span className="soft">–</span>;
  }
  const words = COMPARED[signOf(points)];
  return (
    <span title={`basis points, ${words}`}>
      {withTrueMinus(points)} bp
      <span className="visually-hidden">, {words}</span>
    </span>
  );
}
