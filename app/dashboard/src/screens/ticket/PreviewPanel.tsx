import { answer, api } from "@/api/client";
import { useAction } from "@/api/queries";
import { Button } from "@/components/Button";
import { Panel } from "@/components/Panel";
import { Failure } from "@/components/States";
import { PreviewOutcome } from "./PreviewOutcome";
import type { Ticket } from "./ticket";

/** The dialects of other services. */
export const FOREIGN: ReadonlySet<Ticket["dialect"]> = new Set([
  "traderspost",
  "pickmytrade",
  "openalgo",
  "threecommas",
  "webhooks_bot",
  "tutorial",
  "text",
]);

/** Run the same alert through today's settings; nothing is ordered or stored. */
export function PreviewPanel({ ticket }: { ticket: Ticket }) {
  // Its fields alone may not say whose an alert is: without its secret even less.
  const query = FOREIGN.has(ticket.dialect) ? { dialect: ticket.dialect } : {};
  const preview = useAction(() =>
    answer(api.POST("/api/preview", { params: { query }, body: alertFor(ticket) })),
  );
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
      <div aria-live="polite">{preview.data && <PreviewOutcome preview={preview.data} />}</div>
      {preview.isIdle && <p className="soft">The original ticket stays as it is.</p>}
    </Panel>
  );
}

// Secrets are masked in what is kept; a preview needs none, but it must be told whose alert it is.
function alertFor({ alert, bot }: Ticket) {
  const entries = Object.entries(alert).filter(([, value]) => value !== "***");
  const named = Object.fromEntries(entries);
  return "bot" in named || "fund_id" in named ? named : { ...named, bot };
}
