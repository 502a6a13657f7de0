import { useState } from "react";
import { answer, api, newIdempotencyKey } from "@/api/client";
import { useAction } from "@/api/queries";
import { Button } from "@/components/Button";
import { Confirm } from "@/components/Confirm";
import { announce } from "@/hooks/announcements";
import { type Trade, tradeTitle } from "./trades";

/** Close a trade after a question; pressed twice it is closed once. */
export function CloseTrade({ trade }: { trade: Trade }) {
  // Made when the question opens: whatever is sent again afterwards is the same wish.
  const [key, setKey] = useState<string | null>(null);
  const title = tradeTitle(trade);
  const close = useAction(
    (idempotencyKey: string) =>
      answer(
        api.POST("/api/trades/{number}/close", {
          params: { path: { number: trade.number }, header: { "Idempotency-Key": idempotencyKey } },
          body: {},
        }),
      ),
    {
      onDone: () => {
        setKey(null);
        announce(`${title} is being closed`);
      },
    },
  );
  return (
    <>
      <Button
        operatorOnly
        unavailable={trade.state === "closing" ? "It is being left already." : undefined}
        onClick={() => setKey(newIdempotencyKey())}
      >
        Close
      </Button>
      <Confirm
        title={`Close ${title}?`}
        isOpen={key !== null}
        action={`Close ${title}`}
        isPending={close.isPending}
        failure={close.error}
        onClose={() => setKey(null)}
        onConfirm={() => key !== null && close.mutate(key)}
      >
        {trade.structure === null
          ? "All of it is sold or bought back at the market. Its stop and target are canceled."
          : "All units are left by one order that starts at a fair price and gives way step by step. It is tried again until it is done."}
      </Confirm>
    </>
  );
}
