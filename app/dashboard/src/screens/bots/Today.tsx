import type { ReactNode } from "react";
import { Link } from "react-router";
import { Money } from "@/components/Figures";
import { Meter } from "@/components/Meters";
import { TicketStatus } from "@/components/TicketStatus";
import { Age } from "@/components/Time";
import { isDecimal, shareOf, signOf } from "@/format/decimals";
import { formatMoney, formatPrice } from "@/format/money";
import { formatCount } from "@/format/numbers";
import { ticketTitle } from "@/format/tickets";
import styles from "./Bots.module.css";
import type { BotCard } from "./bots";

/** What a bot did today beside the limits that hold; without a limit the figure alone. */
export function Today({ card }: { card: BotCard }) {
  const { limits } = card;
  const held = card.positions.length + card.structures;
  return (
    <div className={styles.meters}>
      <Used
        label="Entries today"
        used={String(card.orders_today)}
        limit={limits.daily_order_cap === null ? null : String(limits.daily_order_cap)}
        write={(figure) => formatCount(Number(figure))}
      />
      <Used
        label="Value of entries today"
        used={card.notional_today}
        limit={limits.daily_notional_cap}
        write={(figure) => money(figure, card.currency)}
      />
      <Used
        label="Open positions"
        used={String(held)}
        limit={limits.max_open_positions === null ? null : String(limits.max_open_positions)}
        write={(figure) => formatCount(Number(figure))}
      />
      {limits.daily_loss_limit !== null && isDecimal(card.gain_today) && (
        <Used
          label="Loss today"
          used={signOf(card.gain_today) < 0 ? card.gain_today.slice(1) : "0"}
          limit={limits.daily_loss_limit}
          write={(figure) => money(figure, card.currency)}
        />
      )}
    </div>
  );
}

interface UsedProps {
  label: string;
  used: string;
  limit: string | null;
  write: (figure: string) => string;
}

function Used({ label, used, limit, write }: UsedProps) {
  if (limit === null) {
    return (
      <p className={styles.unlimited}>
        <span>{label}</span>
        <span>
          <strong>{write(used)}</strong> <span className="soft">no limit</span>
        </span>
      </p>
    );
  }
  return <Meter label={label} text={`${write(used)} of ${write(limit)}`} share={shareOf(used, limit)} />;
}

function money(amount: string, currency: string | null): string {
  return currency === null ? formatPrice(amount) : formatMoney(amount, currency);
}

/** The day's gain after fees, or why it is not known. */
export function GainToday({ card }: { card: BotCard }): ReactNode {
  if (card.gain_today === null) {
    return (
      <span title={card.gain_unknown.join("; ")}>
        <Money amount={null} currency={card.currency ?? ""} />
        <span className="soft small"> {card.gain_unknown[0]}</span>
      </span>
    );
  }
  return <Money amount={card.gain_today} currency={card.currency ?? ""} isGain />;
}

/** What came of its last alert. */
export function LastTicket({ card }: { card: BotCard }) {
  const ticket = card.last_ticket;
  if (ticket === null) {
    return (
      <p className="soft small">
        No alert yet. <Link to={`/setup/builder?bot=${encodeURIComponent(card.id)}`}>Build one</Link>
      </p>
    );
  }
  return (
    <p className={styles.last}>
      <span className="soft small">Last alert</span>
      <Link className={styles.ticket} to={`/tickets/${ticket.id}`}>
        {ticketTitle(ticket)}
      </Link>
      <TicketStatus status={ticket.status} />
      <span className="soft small">
        <Age at={ticket.created_at} />
      </span>
    </p>
  );
}
