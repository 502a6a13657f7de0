import { Link } from "react-router";
import { Field } from "@/components/Field";
import { Panel } from "@/components/Panel";
import { formatMoney } from "@/format/money";
import { useBots } from "@/frame/useFrameFacts";
import { ACCOUNT_WORDS, brokerName } from "@/screens/brokers/brokers";
import { RadioCards } from "../RadioCards";
import { idFault, idOf } from "./draft";
import type { StepProps } from "./NewBotScreen";
import { StepForm } from "./StepForm";
import styles from "./Wizard.module.css";

/** What it is called, and where its orders go. */
export function NameStep({ draft, schema, brokers, change, onNext }: StepProps) {
  const taken = useBots().data?.bots.map(({ id }) => id) ?? [];
  const id = idOf(draft);
  const name = draft.texts.name ?? "";
  const nameFault = name.trim() === "" ? "Give it a name." : undefined;
  const fault = idFault(id, taken);
  const there = brokers.filter(({ configured }) => configured);
  return (
    <StepForm isGood={nameFault === undefined && fault === undefined} onNext={onNext}>
      {(isTold) => (
        <>
          <Panel title="What it is called">
            <div className={`stack ${styles.narrow}`}>
              <Field
                label="Name"
                help="As you think of it: the strategy, the timeframe."
                maxLength={100}
                autoComplete="off"
                value={name}
                error={isTold ? nameFault : undefined}
                onChange={(event) => change({ texts: { ...draft.texts, name: event.target.value } })}
              />
              <Field
                label="Short name"
                help="Stands in addresses, alerts and order ids. It cannot be changed later."
                maxLength={48}
                autoComplete="off"
                spellCheck={false}
                value={id}
                error={isTold || (id !== "" && fault !== undefined) ? fault : undefined}
                onChange={(event) => change({ id: event.target.value })}
              />
            </div>
          </Panel>
          <Panel title="Where its orders go">
            <RadioCards
              legend="Broker"
              choices={there.map((card) => ({
                value: card.broker,
                label: brokerName(card.broker),
                says: [
                  ACCOUNT_WORDS[card.account].word,
                  card.equity !== null && `equity ${formatMoney(card.equity, card.currency ?? "")}`,
                  !card.sends_orders && "dry run: sends nothing",
                ]
                  .filter((part) => part !== false)
                  .join(", "),
              }))}
              value={draft.texts.broker ?? schema.default_broker}
              onChoose={(broker) => change({ texts: { ...draft.texts, broker } })}
            />
            {there.length < brokers.length && (
              <p className="soft small">
                Others have to be set up first: <Link to="/brokers">Brokers</Link> says how.
              </p>
            )}
          </Panel>
        </>
      )}
    </StepForm>
  );
}
