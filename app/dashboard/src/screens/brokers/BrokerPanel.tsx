import type { ReactNode } from "react";
import { Badge } from "@/components/Badge";
import { Code } from "@/components/Code";
import { Money } from "@/components/Figures";
import { Panel } from "@/components/Panel";
import { Stale } from "@/components/States";
import { Age } from "@/components/Time";
import { formatCount } from "@/format/numbers";
import { formatDuration } from "@/format/times";
import { Abilities } from "./Abilities";
import { BreakerSummary } from "./BreakerSummary";
import styles from "./BrokerPanel.module.css";
import { ACCOUNT_WORDS, type BrokerCard, brokerName } from "./brokers";
import { LoginStatus } from "./LoginStatus";

/** One broker: is it there, what is the account worth, who holds the stops, how is its breaker set. */
export function BrokerPanel({ card }: { card: BrokerCard }) {
  const account = ACCOUNT_WORDS[card.account];
  return (
    <Panel
      title={brokerName(card.broker)}
      aside={
        <span className="row">
          {card.configured && <Reach reachable={card.reachable} />}
          {card.configured && !card.sends_orders && <Badge>Dry run: sends nothing</Badge>}
          <Badge tone={account.tone}>{account.word}</Badge>
        </span>
      }
    >
      {card.configured ? <Standing card={card} /> : <HowToAdd card={card} />}
      <Abilities card={card} />
    </Panel>
  );
}

function Reach({ reachable }: { reachable: boolean | null }) {
  if (reachable === null) {
    return <Badge>Not asked yet</Badge>;
  }
  return reachable ? <Badge tone="gain">Reachable</Badge> : <Badge tone="loss">No answer</Badge>;
}

function Standing({ card }: { card: BrokerCard }) {
  const currency = card.currency ?? "";
  return (
    <>
      {card.reachable === false && (
        <Stale at={card.last_success_at}>{card.message ?? "The broker does not answer."}</Stale>
      )}
      <dl className={styles.facts}>
        <Fact name="Equity">
          <Money amount={card.equity} currency={currency} />
        </Fact>
        <Fact name="Buying power">
          <Money amount={card.buying_power} currency={currency} />
        </Fact>
        <Fact name="Last answer">
          <Age at={card.last_success_at} />
        </Fact>
        {card.calls && (
          <Fact name="Calls lately">
            {formatCount(card.calls.calls)}, 95 of 100 within {formatDuration(card.calls.p95_milliseconds)}
          </Fact>
        )}
        {card.contract_list && (
          <Fact name="List of contracts">
            {card.contract_list.downloaded_at === null ? (
              "not there yet"
            ) : (
              <>
                {formatCount(card.contract_list.contracts)}, from{" "}
                <Age at={card.contract_list.downloaded_at} />
                {card.contract_list.is_stale && " (too old: it is being renewed)"}
              </>
            )}
          </Fact>
        )}
      </dl>
      {card.login && <LoginStatus login={card.login} />}
      {card.circuit_breaker && <BreakerSummary breaker={card.circuit_breaker} />}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function HowToAdd({ card }: { card: BrokerCard }) {
  // A need may name two ways to meet it; the first is the usual one.
  const lines = card.needs.map((need) => `${need.split(" ")[0]}=`).join("\n");
  return (
    <div className="stack">
      <p>
        Not set up. Put {card.needs.length === 1 ? "this setting" : `these ${card.needs.length} settings`}{" "}
        into <code>.env</code> with the values that {brokerName(card.broker)} gave you, then start Gatehouse
        anew. As long as <code>DRY_RUN=true</code> stands there, nothing is sent.
      </p>
      {lines !== "" && <Code text={lines} what={`settings of ${brokerName(card.broker)}`} />}
    </div>
  );
}
