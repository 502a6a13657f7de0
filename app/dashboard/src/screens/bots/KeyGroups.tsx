import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { Badge } from "@/components/Badge";
import styles from "./BotForm.module.css";
import type { Bot } from "./bots";
import { type FormFacts, KeyField } from "./KeyField";
import { type BotKey, type KeyGroup, type KeyName, LABELS } from "./labels";
import { type Draft, isSameValue, wordsOf } from "./values";

interface Props extends FormFacts {
  keys: readonly BotKey[];
  bot: Bot;
  draft: Draft;
  faults: Partial<Record<KeyName, string>>;
  /** What is found by a search is shown at once. */
  isSearch: boolean;
  onType: (name: KeyName, text: string) => void;
}

const OPEN_AT_FIRST: ReadonlySet<KeyGroup> = new Set(["General", "Size", "Exits", "Limits"]);

/** The keys by their groups; a group that is closed tells what in it differs from the defaults. */
export function KeyGroups(props: Props) {
  const groups = new Set(props.keys.map(({ group }) => group));
  return [...groups].map((group) => (
    <Group
      key={`${group} ${props.isSearch}`}
      group={group}
      {...props}
      keys={props.keys.filter((key) => key.group === group)}
    />
  ));
}

function Group({ group, keys, bot, draft, faults, isSearch, onType, ...facts }: Props & { group: KeyGroup }) {
  const [isOpen, setIsOpen] = useState(isSearch || OPEN_AT_FIRST.has(group));
  const touched = keys.filter(({ name }) => draft[name] !== undefined).length;
  const wrong = keys.filter(({ name }) => faults[name] !== undefined).length;
  return (
    <details className={styles.group} open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        <h3>{group}</h3>
        <span className={styles.summary}>{!isOpen && differences(keys, bot, facts.currency)}</span>
        {touched > 0 && <Badge tone="accent">{touched} edited</Badge>}
        {wrong > 0 && <Badge tone="loss">{wrong} to correct</Badge>}
      </summary>
      {isOpen && (
        <div className={styles.inside}>
          <GroupNote group={group} broker={bot.broker ?? facts.defaultBroker} />
          <div className={styles.fields}>
            {keys.map((key) => (
              <KeyField
                key={key.name}
                keyOf={key}
                stored={bot[key.name]}
                typed={draft[key.name]}
                fault={faults[key.name]}
                onType={(text) => onType(key.name, text)}
                {...facts}
              />
            ))}
          </div>
        </div>
      )}
    </details>
  );
}

function GroupNote({ group, broker }: { group: KeyGroup; broker: string }): ReactNode {
  if (group === "Circuit breaker") {
    return (
      <p className="soft">
        These three act on the whole account, not on this bot alone: see{" "}
        <Link to={`/brokers#circuit-breaker-${broker}`}>the circuit breaker of {broker}</Link> for what is in
        force and what it did last.
      </p>
    );
  }
  return group === "Real money" ? (
    <p className="soft">You are asked for the bot's name, and for your token if you gave it a while ago.</p>
  ) : null;
}

function differences(keys: readonly BotKey[], bot: Bot, currency: string): string {
  const own = keys.filter((key) => !isSameValue(bot[key.name], key.default));
  return own.length === 0
    ? "as by default"
    : own.map((key) => `${LABELS[key.name]}: ${wordsOf(key, bot[key.name], currency)}`).join(" · ");
}
