import { CircleAlert, CircleCheck } from "lucide-react";
import { useEffect, useRef } from "react";
import { Link } from "react-router";
import type { Schema } from "@/api/client";
import { TicketStatus } from "@/components/TicketStatus";
import { Age } from "@/components/Time";
import { ticketTitle } from "@/format/tickets";
import { announce } from "@/hooks/announcements";
import { senderOf, useLastAlert } from "./arrivals";
import { doorWords, type Refusal, useDoor, useDoorDetail } from "./door";
import styles from "./SetupScreen.module.css";

/** What arrives, as it arrives: green at the first real alert, and what is wrong with one that is refused. */
export function Listening({ bot }: { bot?: string }) {
  const last = useLastAlert(bot);
  const door = useDoor();
  // A wrong secret is nobody's: it may have been meant for this bot.
  const newest = door.rows?.find((row) => bot === undefined || row.bot === null || row.bot === bot);
  const isNews = newest && (!last.data || Date.parse(newest.at) > Date.parse(last.data.created_at));
  useNews(last.data ? `An alert arrived: ${ticketTitle(last.data)}` : undefined, last.data?.id);
  useNews(newest && `An alert was refused: ${doorWords(newest).what}`, newest?.at);
  return (
    <div className={styles.listening}>
      {last.data ? <Arrived ticket={last.data} /> : <Waiting bot={bot} />}
      {isNews && <Knocked row={newest} />}
    </div>
  );
}

/** Tell a screen reader what came after the page was opened; ages that move are nothing to be told. */
function useNews(sentence: string | undefined, key: string | undefined) {
  const known = useRef(key);
  const since = useRef(Date.now());
  useEffect(() => {
    const isFirst = Date.now() - since.current < 2000;
    if (sentence !== undefined && key !== known.current && !isFirst) {
      announce(sentence);
    }
    known.current = key;
  }, [sentence, key]);
}

function Waiting({ bot }: { bot: string | undefined }) {
  return (
    <p className={styles.waiting}>
      <span className={styles.pulse} aria-hidden="true" />
      Listening for the first alert{bot === undefined ? "" : ` for ${bot}`} …
    </p>
  );
}

function Arrived({ ticket }: { ticket: Schema<"Ticket"> }) {
  return (
    <p className={styles.arrived}>
      <CircleCheck size={18} aria-hidden="true" className="gain" />
      <span>
        <strong>Alerts arrive.</strong> The last one:{" "}
        <Link to={`/tickets/${ticket.id}`}>{ticketTitle(ticket)}</Link> for {ticket.bot},{" "}
        <Age at={ticket.created_at} />, from {senderOf(ticket)}.
      </span>
      <TicketStatus status={ticket.status} />
    </p>
  );
}

function Knocked({ row }: { row: Refusal }) {
  const { what, cure } = doorWords(row);
  const detail = useDoorDetail(row);
  return (
    <p className={styles.knocked}>
      <CircleAlert size={18} aria-hidden="true" />
      <span>
        <strong>{what}.</strong> Something from {row.sender ?? row.address} knocked <Age at={row.at} /> and
        was refused. {detail ?? cure}
      </span>
    </p>
  );
}
