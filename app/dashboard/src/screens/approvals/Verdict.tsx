import { useState } from "react";
import { answer, api, newIdempotencyKey } from "@/api/client";
import { useAction } from "@/api/queries";
import { Button } from "@/components/Button";
import { Failure } from "@/components/States";
import { Countdown } from "@/components/Time";
import { type TicketRow, type Titled, ticketTitle } from "@/format/tickets";
import { announce } from "@/hooks/announcements";
import styles from "./ApprovalsScreen.module.css";

export type Word = "approve" | "reject";

interface Props {
  row: Titled & Pick<TicketRow, "id" | "expires_at">;
  /** Told once it is sent, before the row leaves the list. */
  onDecided?: (word: Word) => void;
}

/** Approve or reject; a second press and a second device change nothing. */
export function Verdict({ row, onDecided }: Props) {
  // Made once for the card: however often it is sent, it is one decision.
  const [key] = useState(newIdempotencyKey);
  const title = ticketTitle(row);
  const decide = useAction((word: Word) => give(word, row.id, key).then(() => word), {
    onDone: (word) => {
      announce(`Decided: ${title}`);
      onDecided?.(word);
    },
  });
  const busy = (word: Word) => decide.isPending && decide.variables === word;
  const unavailable = decide.isSuccess ? "This is decided." : decide.isPending ? "One moment." : undefined;
  return (
    <>
      <div className={styles.buttons}>
        <Button
          kind="primary"
          operatorOnly
          isPending={busy("approve")}
          unavailable={unavailable}
          onClick={() => decide.mutate("approve")}
          aria-label={`Approve: ${title}`}
        >
          Approve
        </Button>
        <Button
          operatorOnly
          isPending={busy("reject")}
          unavailable={unavailable}
          onClick={() => decide.mutate("reject")}
          aria-label={`Reject: ${title}`}
        >
          Reject
        </Button>
      </div>
      {row.expires_at && (
        <p className="soft">
          <Countdown until={row.expires_at} over="The time is over." /> left to decide
        </p>
      )}
      {decide.isError && <Failure error={decide.error} />}
    </>
  );
}

function give(word: Word, id: string, key: string) {
  const options = { params: { path: { ticket: id } }, headers: { "Idempotency-Key": key } };
  return word === "approve"
    ? answer(api.POST("/api/tickets/{ticket}/approve", options))
    : answer(api.POST("/api/tickets/{ticket}/reject", options));
}
