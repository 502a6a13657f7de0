import { useState } from "react";
import { answer, api, newIdempotencyKey } from "@/api/client";
import { useAction } from "@/api/queries";
import { Button } from "@/components/Button";
import { Confirm } from "@/components/Confirm";
import { Failure } from "@/components/States";
import { Countdown } from "@/components/Time";
import type { Ticket } from "./ticket";

/** Decide on an entry that waits, or end an exit that is being pursued. */
export function Decision({ ticket }: { ticket: Ticket }) {
  if (ticket.status === "awaiting_approval") {
    return <Approval ticket={ticket} />;
  }
  return ticket.status === "pursuing" ? <EndPursuit id={ticket.id} /> : null;
}

function Approval({ ticket }: { ticket: Ticket }) {
  const [key] = useState(newIdempotencyKey);
  const params = { path: { ticket: ticket.id } };
  const headers = { "Idempotency-Key": key };
  const decide = useAction((approve: boolean) =>
    approve
      ? answer(api.POST("/api/tickets/{ticket}/approve", { params, headers }))
      : answer(api.POST("/api/tickets/{ticket}/reject", { params, headers })),
  );
  return (
    <div className="stack">
      <div className="row">
        <Button kind="primary" operatorOnly isPending={decide.isPending} onClick={() => decide.mutate(true)}>
          Approve
        </Button>
        <Button operatorOnly isPending={decide.isPending} onClick={() => decide.mutate(false)}>
          Reject
        </Button>
        {ticket.expires_at && (
          <span className="soft">
            <Countdown until={ticket.expires_at} /> left
          </span>
        )}
      </div>
      {decide.isError && <Failure error={decide.error} />}
    </div>
  );
}

function EndPursuit({ id }: { id: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const end = useAction(
    () => answer(api.POST("/api/tickets/{ticket}/end", { params: { path: { ticket: id } } })),
    {
      onDone: () => setIsOpen(false),
    },
  );
  return (
    <div className="row">
      <Button operatorOnly onClick={() => setIsOpen(true)}>
        Give this exit up
      </Button>
      <Confirm
        isOpen={isOpen}
        title="Give this exit up?"
        action="Give it up"
        isPending={end.isPending}
        failure={end.error}
        onConfirm={() => end.mutate(undefined)}
        onClose={() => setIsOpen(false)}
      >
        Gatehouse stops trying to leave this position. What is still held stays as it is, with whatever stops
        it has.
      </Confirm>
    </div>
  );
}
