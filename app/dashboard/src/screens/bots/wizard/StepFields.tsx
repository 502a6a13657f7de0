import styles from "../BotForm.module.css";
import { KeyField } from "../KeyField";
import type { KeyName } from "../labels";
import type { Draft } from "../values";
import { storedOf } from "./draft";
import type { StepProps } from "./NewBotScreen";

interface Props extends StepProps {
  names: readonly KeyName[];
  /** What is wrong, where it is to be told. */
  faults: Draft;
}

/** The fields of some keys. */
export function StepFields({ names, faults, draft, schema, change, brokers }: Props) {
  const keys = names.flatMap((name) => schema.keys.filter((key) => key.name === name));
  return (
    <div className={styles.fields}>
      {keys.map((key) => (
        <KeyField
          key={key.name}
          keyOf={key}
          stored={storedOf(key)}
          typed={draft.texts[key.name]}
          fault={faults[key.name]}
          currency={currencyOf({ draft, schema, brokers })}
          defaultBroker={schema.default_broker}
          onType={(text) => change({ texts: { ...draft.texts, [key.name]: text } })}
        />
      ))}
    </div>
  );
}

/** The broker that is chosen. */
export function brokerOf({ draft, schema, brokers }: Pick<StepProps, "draft" | "schema" | "brokers">) {
  const name = draft.texts.broker ?? schema.default_broker;
  return brokers.find(({ broker }) => broker === name);
}

/** The currency of its account; "" where it is not known yet. */
export function currencyOf(facts: Pick<StepProps, "draft" | "schema" | "brokers">): string {
  return brokerOf(facts)?.currency ?? "";
}
