import { useParams } from "react-router";
import { LinkButton } from "@/components/LinkButton";
import { PageHeader, Panel } from "@/components/Panel";
import { LoadFailed, Loading, Stale } from "@/components/States";
import { useTitle } from "@/hooks/useTitle";
import { brokerName } from "@/screens/brokers/brokers";
import { BotBadges } from "./BotBadges";
import { BotForm } from "./BotForm";
import styles from "./Bots.module.css";
import { EntryStop, TradingNote } from "./BotsScreen";
import { type BotCard, useBot, useBotCards, useBotKeys } from "./bots";
import { DeletePanel } from "./DeletePanel";
import { SecretPanel } from "./SecretPanel";
import { StateControls } from "./StateControls";
import { GainToday, LastTicket, Today } from "./Today";

/** One bot: how it stands, every key of it, its secret and its end. */
export function BotScreen() {
  const { bot: id = "" } = useParams();
  // What was typed belongs to one bot.
  return <OneBot key={id} id={id} />;
}

function OneBot({ id }: { id: string }) {
  const bot = useBot(id);
  const cards = useBotCards();
  const schema = useBotKeys();
  const card = cards.data?.find((each) => each.id === id);
  useTitle(card?.name ?? id);
  return (
    <div className="stack">
      <PageHeader
        title={card?.name ?? id}
        hint={card && `${brokerName(card.broker)}${card.name === id ? "" : ` · ${id}`}`}
        actions={
          card && (
            <>
              <BotBadges card={card} />
              <StateControls bot={card} />
            </>
          )
        }
      />
      <TradingNote />
      {card && <Standing card={card} />}
      {(bot.isPending || schema.isPending) && <Loading what="the bot" />}
      {bot.isError && !bot.data && (
        <LoadFailed what={`Bot ${id}`} error={bot.error} retry={() => void bot.refetch()} />
      )}
      {bot.isError && bot.data && (
        <Stale at={new Date(bot.dataUpdatedAt).toISOString()}>The bot could not be read again.</Stale>
      )}
      {schema.isError && (
        <LoadFailed what="Its keys" error={schema.error} retry={() => void schema.refetch()} />
      )}
      {bot.data && schema.data && (
        <>
          <section className="stack" aria-labelledby="settings">
            <h2 id="settings">Settings</h2>
            <BotForm latest={bot.data} schema={schema.data} currency={card?.currency ?? ""} />
          </section>
          <SecretPanel bot={bot.data.bot} />
          {card && <DeletePanel card={card} />}
        </>
      )}
    </div>
  );
}

function Standing({ card }: { card: BotCard }) {
  const named = encodeURIComponent(card.id);
  return (
    <Panel
      title="Today"
      hint="Entries count from midnight UTC, the gain from midnight at the account."
      aside={
        <span className="row">
          <LinkButton size="small" to={`/logs?bot=${named}`}>
            Its tickets
          </LinkButton>
          <LinkButton size="small" to={`/setup/builder?bot=${named}`}>
            Its alerts
          </LinkButton>
        </span>
      }
    >
      {card.state !== "ACTIVE" && (
        <p className={styles.note}>
          {card.state === "HALTED" ? "None of its alerts trades" : "Its alerts may only exit"}
          {card.state_reason && `: ${card.state_reason}`}.
        </p>
      )}
      <EntryStop bot={card.id} broker={card.broker} />
      <div className={styles.overview}>
        <div>
          <p className={styles.gain}>
            <span className="soft small">Gain today</span>
            <strong>
              <GainToday card={card} />
            </strong>
          </p>
          <p className={styles.gain}>
            <span className="soft small">Holds</span>
            <span>{holdings(card)}</span>
          </p>
          <LastTicket card={card} />
        </div>
        <Today card={card} />
      </div>
    </Panel>
  );
}

function holdings({ positions, structures }: BotCard): string {
  const named = positions.length > 4 ? [`${positions.length} symbols`] : positions;
  const parts = structures === 0 ? named : [...named, `${structures} structures`];
  return parts.length === 0 ? "nothing" : parts.join(", ");
}
