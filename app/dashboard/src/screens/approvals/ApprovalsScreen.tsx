import { useState } from "react";
import { Link } from "react-router";
import { answer, api } from "@/api/client";
import { useLive } from "@/api/queries";
import { PageHeader } from "@/components/Panel";
import { EmptyState, LoadFailed, Loading } from "@/components/States";
import { Time } from "@/components/Time";
import { type TicketRow, ticketTitle } from "@/format/tickets";
import { useTitle } from "@/hooks/useTitle";
import styles from "./ApprovalsScreen.module.css";
import { Verdict, type Word } from "./Verdict";

const MOST = 100;

interface Decided {
  word: Word;
  id: string;
  title: string;
}

/** Entries that wait for a person; whoever is first decides, on whatever device. */
export function ApprovalsScreen() {
  useTitle("Approvals");
  const [decided, setDecided] = useState<Decided>();
  const waiting = useLive({ key: ["tickets", "waiting"], topics: ["approvals", "tickets"], read });
  return (
    <div className="stack">
      <PageHeader
        title="Approvals"
        hint="Entries that wait for your word. What nobody decides on in time is not ordered; exits never wait."
      />
      {decided && (
        <p>
          {decided.word === "approve" ? "Approved: " : "Rejected: "}
          <Link to={`/tickets/${decided.id}`}>{decided.title}</Link>. Its page tells what came of it.
        </p>
      )}
      {waiting.isPending && <Loading what="approvals" />}
      {waiting.isError && (
        <LoadFailed what="The approvals" error={waiting.error} retry={() => void waiting.refetch()} />
      )}
      {waiting.data?.length === 0 && (
        <EmptyState title="Nothing waits.">
          A bot asks here before its entries when <em>Ask me before an entry</em>, among its limits, is set to
          always or above an amount.
        </EmptyState>
      )}
      <ul className={styles.cards}>
        {waiting.data?.map((row) => (
          <li key={row.id}>
            <Card row={row} onDecided={(word) => setDecided({ word, id: row.id, title: ticketTitle(row) })} />
          </li>
        ))}
      </ul>
    </div>
  );
}

async function read(): Promise<readonly TicketRow[]> {
  const query = { status: "awaiting_approval", view: "rows", limit: MOST } as const;
  const page = await answer(api.GET("/api/tickets", { params: { query } }));
  return page.tickets;
}

function Card({ row, onDecided }: { row: TicketRow; onDecided: (word: Word) => void }) {
  return (
    <article className={styles.card} aria-labelledby={`title-${row.id}`}>
      <header>
        <h2 id={`title-${row.id}`} className={styles.title}>
          {ticketTitle(row)}
        </h2>
        <p className="soft small">
          {row.bot}, <Time at={row.created_at} withZone show="short" />
        </p>
      </header>
      {row.question && <p className={styles.question}>{row.question}</p>}
      <Verdict row={row} onDecided={onDecided} />
      <Link to={`/tickets/${row.id}`}>Why? Opinion, checks and the alert</Link>
    </article>
  );
}
