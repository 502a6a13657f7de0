import { answer, api, type Schema } from "@/api/client";
import { useAction } from "@/api/queries";
import { Button } from "@/components/Button";
import { Price, Quantity } from "@/components/Figures";
import { Panel } from "@/components/Panel";
import { Failure } from "@/components/States";
import { Gates } from "./Gates";
import { ticketSentence } from "./sentence";
import type { Ticket } from "./ticket";

type Preview = Schema<"Preview">;

/** Run the same alert through today's settings; nothing is ordered or stored. */
export function PreviewPanel({ ticket }: { ticket: Ticket }) {
  const preview = useAction(() => answer(api.POST("/api/preview", { body: alertFor(ticket) })));
  return (
    <Panel
      title="Try again as a preview"
      hint="What this alert would do now, by today's prices and settings. Nothing is ordered."
      aside={
        <Button operatorOnly isPending={preview.isPending} onClick={() => preview.mutate(undefined)}>
          Preview
        </Button>
      }
    >
      {preview.isError && <Failure error={preview.error} />}
      {preview.data && <Outcome preview={preview.data} />}
      {preview.isIdle && <p className="soft">The original ticket stays as it is.</p>}
    </Panel>
  );
}

function Outcome({ preview }: { preview: Preview }) {
  return (
    <div className="stack" aria-live="polite">
      {preview.orders.length === 0 ? (
        <p>
          <strong>{`It would send no order. ${ticketSentence(preview)}`}</strong>
        </p>
      ) : (
        <ul>
          {preview.orders.map((order) => (
            <li key={order.client_order_id}>
              <strong>
                Would {order.side} <Quantity quantity={order.quantity} /> {order.symbol}
              </strong>
              {`, ${order.type.replaceAll("_", " ")}`}
              {order.limit_price !== null && (
                <>
                  {" "}
                  at <Price price={order.limit_price} />
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      <Gates gates={preview.gates} />
    </div>
  );
}

// Secrets are masked in what is kept; a preview needs none, but it must be told whose alert it is.
function alertFor({ alert, bot }: Ticket) {
  const entries = Object.entries(alert).filter(([, value]) => value !== "***");
  const named = Object.fromEntries(entries);
  return "bot" in named || "fund_id" in named ? named : { ...named, bot };
}
