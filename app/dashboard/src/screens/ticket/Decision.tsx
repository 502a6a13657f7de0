import { useState } from "react";
import { answer, api } from "@/api/client";
import { useAction } from "@/api/queries";
import { Button } from "@/components/Button";
import { Confirm } from "@/components/Confirm";
import { Verdict } from "@/screens/approvals/Verdict";
import type { Ticket } from "./ticket";

/** Decide on an entry that waits, or end an exit that is being pursued. */
export function Decision({ ticket }: { ticket: Ticket }) {
  if (ticket.status === "awaiting_approval") {
    return <Verdict row={ticket} />;
  }
  return ticket.status === "pursuing" ? <EndPursuit id={ticket.id} /> : null;
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
