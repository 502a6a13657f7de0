import type { Schema } from "@/api/client";
import { Price, Quantity } from "@/components/Figures";
import { formatCount } from "@/format/numbers";
import { Gates } from "./Gates";
import { ticketSentence } from "./sentence";
import { useReasons } from "./ticket";

type Preview = Schema<"Preview">;
type Signal = NonNullable<Preview["signal"]>;

/** What an alert would order if it came now, or why nothing, with every check. */
export function PreviewOutcome({ preview }: { preview: Preview }) {
  return (
    <div className="stack">
      <Orders preview={preview} />
      <Gates gates={preview.gates} />
    </div>
  );
}

function Orders({ preview: { orders, signal, ...told } }: { preview: Preview }) {
  if (orders.length > 0) {
    return (
      <ul>
        {orders.map((order) => (
          <OrderLine key={order.client_order_id} order={order} />
        ))}
      </ul>
    );
  }
  const isGood = told.reason === null && told.status !== "skipped";
  if (isGood && signal?.structure) {
    return <Structure structure={signal.structure} />;
  }
  if (isGood && signal?.closes) {
    return <Closes closes={signal.closes} />;
  }
  return <NoOrder told={told} />;
}

function NoOrder({ told }: { told: Omit<Preview, "orders" | "signal"> }) {
  const reasons = useReasons();
  const known = reasons.data?.reasons.find(({ code }) => code === told.reason);
  // A gate's refusal is told below, with its figures; what was decided without one has a reason alone.
  const isToldBelow = told.gates.some(({ passed }) => !passed);
  return (
    <div>
      <p>
        <strong>{`It would send no order. ${ticketSentence(told)}`}</strong>
      </p>
      {known && !isToldBelow && (
        <p className="small soft">
          {told.message === null && known.sentence} {known.cure}
        </p>
      )}
    </div>
  );
}

type PlannedOrder = Preview["orders"][number];

function OrderLine({ order }: { order: PlannedOrder }) {
  const { stop_price: trigger, limit_price: limit, take_profit: target, stop_loss: stop } = order;
  return (
    <li>
      <strong>
        Would {order.side} <Size order={order} /> {order.symbol}
      </strong>
      {`, ${order.type.replaceAll("_", " ")}`}
      <Level word=" once the price reaches " price={trigger} />
      <Level word=" at " price={limit} />
      <Level word=", then take-profit at " price={target} />
      <Level word={target === null ? ", then stop-loss at " : " and stop-loss at "} price={stop} />
    </li>
  );
}

function Size({ order: { quantity, notional } }: { order: PlannedOrder }) {
  return quantity === null && notional !== null ? (
    <>
      for <Price price={notional} /> of
    </>
  ) : (
    <Quantity quantity={quantity} />
  );
}

function Level({ word, price }: { word: string; price: string | null }) {
  return (
    price !== null && (
      <>
        {word}
        <Price price={price} />
      </>
    )
  );
}

function Structure({ structure }: { structure: NonNullable<Signal["structure"]> }) {
  const { kind, underlying, legs, units = 1, net_price: net, largest_loss: loss } = structure;
  const name = (kind ?? "custom").replaceAll("_", " ");
  return (
    <div>
      <p>
        <strong>
          Would enter {formatCount(units)} {name} on {underlying}
        </strong>
        {net !== undefined && (
          <>
            {net.startsWith("-") ? ", receiving " : ", paying "}
            <Price price={net.replace("-", "")} />
          </>
        )}
        {loss && (
          <>
            , largest loss <Price price={loss} />
          </>
        )}
      </p>
      <ul className="small soft">
        {legs.map(({ symbol, ratio }) => (
          <li key={symbol}>
            {ratio > 0 ? "buy" : "sell"} {Math.abs(ratio)} {symbol}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Closes({ closes }: { closes: NonNullable<Signal["closes"]> }) {
  return (
    <ul>
      {closes.map(({ trade, units_closed }) => (
        <li key={trade}>
          <strong>
            Would leave trade {trade}, {units_closed} of its units
          </strong>
        </li>
      ))}
    </ul>
  );
}
