import { Link } from "react-router";
import { LinkButton } from "@/components/LinkButton";
import { PageHeader } from "@/components/Panel";
import { EmptyState, LoadFailed, Loading, Stale } from "@/components/States";
import { Time } from "@/components/Time";
import { useOverview } from "@/frame/useFrameFacts";
import { useTitle } from "@/hooks/useTitle";
import { brokerName } from "@/screens/brokers/brokers";
import { BotBadges } from "./BotBadges";
import styles from "./Bots.module.css";
import { type BotCard, useBotCards } from "./bots";
import { StateControls } from "./StateControls";
import { GainToday, LastTicket, Today } from "./Today";

/** Every bot: how it stands, what it did today, and how much of its limits is left. */
export function BotsScreen() {
  useTitle("Bots");
  const cards = useBotCards();
  return (
    <div className="stack">
      <PageHeader
        title="Bots"
        hint="A bot is a named way of trading: its broker, its size, its exits and limits, and a secret of its own."
        actions={
          <LinkButton kind="primary" to="/new-bot">
            New bot
          </LinkButton>
        }
      />
      <TradingNote />
      {cards.isPending && <Loading what="bots" />}
      {cards.isError && !cards.data && (
        <LoadFailed what="The bots" error={cards.error} retry={() => void cards.refetch()} />
      )}
      {cards.isError && cards.data && (
        <Stale at={new Date(cards.dataUpdatedAt).toISOString()}>The bots could not be read again.</Stale>
      )}
      {cards.data?.length === 0 && (
        <EmptyState title="There is no bot." action={<LinkButton to="/new-bot">Make one</LinkButton>}>
          Without a bot no alert is taken.
        </EmptyState>
      )}
      <ul className={styles.cards} aria-label="Bots">
        {cards.data?.map((card) => (
          <Card key={card.id} card={card} />
        ))}
      </ul>
      {cards.data?.length === 1 && (
        <p className="soft">
          One bot is enough to begin with. Make another for another strategy, broker or size: each has limits
          and a secret of its own.
        </p>
      )}
    </div>
  );
}

/** What holds for every bot, whatever its own state is. */
export function TradingNote() {
  const state = useOverview().data?.trading_state;
  if (state === undefined || state.state === "ACTIVE") {
    return null;
  }
  return (
    <p className={styles.note}>
      <strong>{state.state === "HALTED" ? "Trading is halted." : "Trading is limited to exits."}</strong> That
      holds for every bot, whatever its own state is{state.reason && `: ${state.reason}`}.
    </p>
  );
}

/** Whose entries have ended for the day, and why. */
export function EntryStop({ bot, broker }: { bot: string; broker: string }) {
  const stops = useOverview().data?.needs.entry_stops ?? [];
  const mine = stops.filter((stop) => stop.bot === bot || (stop.bot === null && stop.broker === broker));
  return mine.map((stop) => (
    <p key={stop.code} className={styles.note}>
      <strong>It enters nothing</strong> until <Time at={stop.until} show="short" withZone />:{" "}
      <code>{stop.code}</code>. Exits go on.
    </p>
  ));
}

function Card({ card }: { card: BotCard }) {
  const address = `/bots/${encodeURIComponent(card.id)}`;
  return (
    <li className={styles.card}>
      <header className={styles.head}>
        <div>
          <h2>
            <Link className={styles.name} to={address}>
              {card.name}
            </Link>
          </h2>
          <p className="soft small">
            {brokerName(card.broker)}
            {card.name !== card.id && ` · ${card.id}`}
            {card.structure !== null && ` · ${card.structure.replaceAll("_", " ")}`}
          </p>
        </div>
        <BotBadges card={card} />
      </header>
      {!card.configured && (
        <p className={styles.note}>
          {brokerName(card.broker)} is not set up here, so nothing of it can trade.{" "}
          <Link to="/brokers">How to set it up</Link>
        </p>
      )}
      {card.state !== "ACTIVE" && (
        <p className={styles.note}>
          {card.state === "HALTED" ? "None of its alerts trades" : "Its alerts may only exit"}
          {card.state_reason && `: ${card.state_reason}`}
          {card.state_until && (
            <>
              {" "}
              (until <Time at={card.state_until} show="short" withZone />)
            </>
          )}
          .
        </p>
      )}
      <EntryStop bot={card.id} broker={card.broker} />
      <p className={styles.gain}>
        <span className="soft small">Gain today</span>
        <strong>
          <GainToday card={card} />
        </strong>
      </p>
      <Today card={card} />
      <footer className={styles.foot}>
        <LastTicket card={card} />
        <span className="row">
          <StateControls bot={card} size="small" />
          <LinkButton size="small" to={address}>
            Settings
          </LinkButton>
        </span>
      </footer>
    </li>
  );
}
