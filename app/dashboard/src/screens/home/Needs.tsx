import {
  BadgeCheck,
  CircleHelp,
  KeyRound,
  LifeBuoy,
  type LucideIcon,
  PauseCircle,
  Scale,
  ShieldAlert,
  TriangleAlert,
} from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Schema } from "@/api/client";
import { Panel } from "@/components/Panel";
import { Age, Countdown, Time } from "@/components/Time";
import { formatQuantity } from "@/format/numbers";
import { STATUS_WORDS, type TicketRow, ticketTitle } from "@/format/tickets";
import styles from "./Needs.module.css";

type NeedsRows = Schema<"Needs">;
type PausedBot = Schema<"Overview">["paused_bots"][number];

interface Need {
  key: string;
  icon: LucideIcon;
  what: ReactNode;
  more: ReactNode;
  to: string;
  action: string;
}

/** What waits for a person, the most urgent first; nothing at all while nothing does. */
export function Needs({ needs, pausedBots }: { needs: NeedsRows; pausedBots: PausedBot[] }) {
  const rows = [
    ...needs.approvals.map(approval),
    ...needs.unknown.map(unknown),
    ...needs.logins.map(login),
    ...needs.unreachable.map(unreachable),
    ...needs.pursuits.map(pursuit),
    ...needs.unreconciled.map(difference),
    ...needs.entry_stops.map(entryStop),
    ...needs.failures.map(failed),
    ...pausedBots.map(paused),
  ];
  if (rows.length === 0) {
    return null;
  }
  return (
    <Panel title={`Needs you (${rows.length})`} isFlush>
      <ul className={styles.list}>
        {rows.map(({ key, icon: Icon, what, more, to, action }) => (
          <li key={key} className={styles.need}>
            <Icon size={19} strokeWidth={1.75} aria-hidden="true" />
            <div className={styles.words}>
              <p className={styles.what}>{what}</p>
              <p className="small soft">{more}</p>
            </div>
            <Link to={to}>{action}</Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function approval(row: TicketRow): Need {
  return {
    key: `approval ${row.id}`,
    icon: BadgeCheck,
    what: row.question ?? ticketTitle(row),
    more: row.expires_at && (
      <>
        {row.bot} · expires in <Countdown until={row.expires_at} />
      </>
    ),
    to: "/approvals",
    action: "Decide",
  };
}

function unknown(row: TicketRow): Need {
  return {
    key: `unknown ${row.id}`,
    icon: CircleHelp,
    what: `${ticketTitle(row)}: the outcome is not known yet`,
    more: "The order may be live. It is being looked up at the broker and is never sent again.",
    to: `/tickets/${row.id}`,
    action: "Why?",
  };
}

function login({ broker, state }: NeedsRows["logins"][number]): Need {
  const word = state === "dead" ? "The login has ended" : "Nobody is logged in";
  return {
    key: `login ${broker}`,
    icon: KeyRound,
    what: `${word} at ${broker}`,
    more: "Until then, alerts for it are refused; exits are pursued.",
    to: "/brokers",
    action: "Log in",
  };
}

function unreachable({ broker, at, message }: NeedsRows["unreachable"][number]): Need {
  return {
    key: `unreachable ${broker}`,
    icon: TriangleAlert,
    what: `${broker} does not answer`,
    more: (
      <>
        {message} Last seen: <Age at={at} />
      </>
    ),
    to: "/brokers",
    action: "Look",
  };
}

function pursuit({ ticket, symbol, broker, since, attempts, last }: NeedsRows["pursuits"][number]): Need {
  return {
    key: `pursuit ${ticket}`,
    icon: LifeBuoy,
    what: `The exit from ${symbol} at ${broker} is being pursued`,
    more: (
      <>
        Since <Time at={since} show="short" withZone />, {attempts} tries. {last}
      </>
    ),
    to: `/tickets/${ticket}`,
    action: "Why?",
  };
}

function difference({ broker, symbol, held, known }: NeedsRows["unreconciled"][number]): Need {
  return {
    key: `difference ${broker} ${symbol}`,
    icon: Scale,
    what: `${broker} holds ${formatQuantity(held)} ${symbol}; the bots know of ${formatQuantity(known)}`,
    more: "Somebody traded elsewhere, or a fill was missed. Nothing protects the difference.",
    to: "/trades",
    action: "Compare",
  };
}

function entryStop({ broker, bot, code, until }: NeedsRows["entry_stops"][number]): Need {
  return {
    key: `stop ${broker} ${bot ?? ""} ${code}`,
    icon: ShieldAlert,
    what: `${bot ?? "Every bot"} at ${broker} enters nothing until its limit is over`,
    more: (
      <>
        {code}, until <Time at={until} show="short" withZone />
      </>
    ),
    to: bot === null ? "/bots" : `/bots/${bot}`,
    action: "Limits",
  };
}

function failed(row: TicketRow): Need {
  return {
    key: `failed ${row.id}`,
    icon: TriangleAlert,
    what: `${ticketTitle(row)}: ${STATUS_WORDS[row.status].word.toLowerCase()}`,
    more: row.message ?? row.reason ?? "",
    to: `/tickets/${row.id}`,
    action: "Why?",
  };
}

function paused({ bot, state, reason }: PausedBot): Need {
  return {
    key: `paused ${bot}`,
    icon: PauseCircle,
    what: `${bot} is ${state === "HALTED" ? "halted" : "limited to exits"}`,
    more: reason ?? "No reason was given.",
    to: `/bots/${bot}`,
    action: "Look",
  };
}
