import { Link } from "react-router";
import type { Schema } from "@/api/client";
import { Badge } from "@/components/Badge";
import { Code } from "@/components/Code";
import { LinkButton } from "@/components/LinkButton";
import { Panel } from "@/components/Panel";
import { LoadFailed } from "@/components/States";
import { TicketStatus } from "@/components/TicketStatus";
import { Age, Time } from "@/components/Time";
import { ticketTitle } from "@/format/tickets";
import { senderOf, useLastAlert } from "./arrivals";
import { useDoor } from "./door";
import { NewSecret } from "./NewSecret";
import styles from "./SetupScreen.module.css";

type Bot = Schema<"Bot">;

/** One bot: where its alerts go, the last that came, and what was refused. */
export function BotPanel({ bot, base }: { bot: Bot; base: string }) {
  return (
    <Panel
      title={bot.name}
      hint={bot.name === bot.id ? undefined : bot.id}
      aside={
        <span className="row">
          {bot.state !== "ACTIVE" && (
            <Badge tone="warn">{bot.state === "HALTED" ? "Halted" : "Exits only"}</Badge>
          )}
          <LinkButton to={`/setup/builder?bot=${encodeURIComponent(bot.id)}`} size="small">
            Build an alert
          </LinkButton>
        </span>
      }
    >
      <Code text={`${base}/webhook`} what={`webhook URL of ${bot.id}`} isLine />
      <dl className={styles.facts}>
        <div>
          <dt>Last alert</dt>
          <dd>
            <LastAlert bot={bot.id} />
          </dd>
        </div>
        <div>
          <dt>Refused in 24 hours</dt>
          <dd>
            <RefusedCount bot={bot.id} />
          </dd>
        </div>
        <div>
          <dt>Secret made</dt>
          <dd>
            <Time at={bot.secret_created_at} show="date" />
          </dd>
        </div>
      </dl>
      <div className="row">
        <NewSecret owner={bot.id} />
      </div>
    </Panel>
  );
}

function LastAlert({ bot }: { bot: string }) {
  const last = useLastAlert(bot);
  if (last.isError) {
    return <LoadFailed what="The last alert" error={last.error} retry={() => void last.refetch()} />;
  }
  if (last.isPending) {
    return <span className="soft">…</span>;
  }
  if (last.data === null) {
    return (
      <span className={styles.waiting}>
        <span className={styles.pulse} aria-hidden="true" /> None yet: listening …
      </span>
    );
  }
  const ticket = last.data;
  return (
    <>
      <Link to={`/tickets/${ticket.id}`}>{ticketTitle(ticket)}</Link> <TicketStatus status={ticket.status} />
      <span className={styles.source}>
        <Age at={ticket.created_at} />, from {senderOf(ticket)}
      </span>
      {ticket.message && <span className={styles.source}>{ticket.message}</span>}
    </>
  );
}

function RefusedCount({ bot }: { bot: string }) {
  const { rows } = useDoor(bot);
  const count = rows?.reduce((sum, row) => sum + row.count, 0);
  if (count === undefined) {
    return <span className="soft">…</span>;
  }
  return count === 0 ? <span className="soft">none</span> : <Link to="/logs/refusals">{count}</Link>;
}
