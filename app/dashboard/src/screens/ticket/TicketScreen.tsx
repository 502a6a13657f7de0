import { Link, useParams } from "react-router";
import { Code } from "@/components/Code";
import { CopyButton } from "@/components/CopyButton";
import { Price } from "@/components/Figures";
import { PageHeader, Panel } from "@/components/Panel";
import { LoadFailed, Loading } from "@/components/States";
import { TicketStatus } from "@/components/TicketStatus";
import { Time } from "@/components/Time";
import { isUnderWay, ticketTitle } from "@/format/tickets";
import { useTitle } from "@/hooks/useTitle";
import { useUnderWay } from "@/hooks/useUnderWay";
import { DIALECT_WORDS } from "@/screens/logs/filters";
import { Decision } from "./Decision";
import { Gates } from "./Gates";
import { OpinionPanel } from "./OpinionPanel";
import { OrdersPanel } from "./OrdersPanel";
import { FOREIGN, PreviewPanel } from "./PreviewPanel";
import { ticketSentence } from "./sentence";
import { ticketAsText } from "./support";
import { TicketLog } from "./TicketLog";
import styles from "./TicketScreen.module.css";
import { Timeline } from "./Timeline";
import { type Ticket, useTicket } from "./ticket";

/** Why: what an alert said, what was made of it, step by step. */
export function TicketScreen() {
  const { ticket: id = "" } = useParams();
  const ticket = useTicket(id);
  useTitle("Ticket");
  useUnderWay(ticket.data !== undefined && isUnderWay(ticket.data.status));
  if (ticket.isError) {
    return <LoadFailed what="The ticket" error={ticket.error} retry={() => void ticket.refetch()} />;
  }
  return ticket.data ? <Whole ticket={ticket.data} /> : <Loading what="the ticket" />;
}

function Whole({ ticket }: { ticket: Ticket }) {
  return (
    <div className="stack">
      <PageHeader
        title={ticketTitle(ticket)}
        hint={
          <>
            {DIALECT_WORDS[ticket.dialect]} for <Link to={`/bots/${ticket.bot}`}>{ticket.bot}</Link>,{" "}
            <Time at={ticket.created_at} withZone />
          </>
        }
        actions={<CopyButton text={ticketAsText(ticket)} what="the ticket as text" />}
      />
      <section className={styles.why} aria-label="Why">
        <TicketStatus status={ticket.status} />
        <p className={styles.sentence}>{ticketSentence(ticket)}</p>
        {ticket.exits && <Exits exits={ticket.exits} orders={ticket.orders} />}
        <Decision ticket={ticket} />
      </section>
      <Panel title="Step by step">
        <Timeline steps={ticket.timeline} />
      </Panel>
      {ticket.gates.length > 0 && (
        <Panel title="Checks">
          <Gates gates={ticket.gates} />
        </Panel>
      )}
      {ticket.opinion && <OpinionPanel opinion={ticket.opinion} />}
      {ticket.orders.length > 0 && <OrdersPanel ticket={ticket} />}
      <TicketLog id={ticket.id} />
      <Panel title="The alert as it came" hint="Secrets are masked before anything is kept.">
        <Code text={JSON.stringify(ticket.alert, null, 2)} what="the alert" />
      </Panel>
      {CAN_BE_PREVIEWED.has(ticket.dialect) && <PreviewPanel ticket={ticket} />}
      <p className="soft small">
        Ticket <code>{ticket.id}</code>
      </p>
    </div>
  );
}

const CAN_BE_PREVIEWED: ReadonlySet<Ticket["dialect"]> = new Set([
  "strategy",
  "bridge",
  "option",
  "trade_idea",
  ...FOREIGN,
]);

const ENDED: ReadonlySet<string> = new Set(["filled", "canceled", "expired", "rejected"]);

/** Say whether stop and target still protect something: told by the orders that carry them. */
function standing(exits: NonNullable<Ticket["exits"]>, orders: Ticket["orders"]): string {
  const legs = orders.filter(({ client_order_id: id }) => /-(sl|tp)$/.test(id));
  const reached = legs.find(({ status }) => status === "filled");
  if (reached !== undefined) {
    return reached.client_order_id.endsWith("-sl")
      ? ": the stop-loss was reached."
      : ": the target was reached.";
  }
  if (legs.length > 0 && legs.every(({ status }) => ENDED.has(status))) {
    return ", no longer in place.";
  }
  return exits.placed ? ", in place." : ", not placed yet.";
}

function Exits({ exits, orders }: { exits: NonNullable<Ticket["exits"]>; orders: Ticket["orders"] }) {
  return (
    <p className="soft">
      {exits.stop_loss !== null && (
        <>
          Stop-loss <Price price={exits.stop_loss} />
        </>
      )}
      {exits.stop_loss !== null && exits.take_profit !== null && ", "}
      {exits.take_profit !== null && (
        <>
          take-profit <Price price={exits.take_profit} />
        </>
      )}
      {standing(exits, orders)}
    </p>
  );
}
