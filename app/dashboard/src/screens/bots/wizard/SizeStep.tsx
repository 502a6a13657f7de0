import { Panel } from "@/components/Panel";
import { isDecimal, multiply } from "@/format/decimals";
import { formatMoney } from "@/format/money";
import { type RadioCard, RadioCards } from "../RadioCards";
import { readText } from "../values";
import { faultsOf, keysOf, type SizeWay } from "./draft";
import type { StepProps } from "./NewBotScreen";
import { brokerOf, StepFields } from "./StepFields";
import { StepForm } from "./StepForm";
import styles from "./Wizard.module.css";

const WAYS: readonly RadioCard<SizeWay>[] = [
  { value: "base_order_pct", label: "A share of the account", says: "Grows and shrinks with the equity." },
  { value: "notional", label: "An amount of money", says: "Each entry is worth the same." },
  {
    value: "risk_pct",
    label: "By its stop, as a share of the account",
    says: "Each entry loses the same share when its stop is reached: far stops make small entries.",
  },
  {
    value: "risk_amount",
    label: "By its stop, as an amount",
    says: "Each entry loses the same amount when its stop is reached.",
  },
  {
    value: "use_strategy_contracts",
    label: "The alert's own number",
    says: "TradingView's number of contracts is taken as it is.",
  },
];

/** How large an entry is: one way, and its figure. */
export function SizeStep(props: StepProps) {
  const { draft, schema, change, onNext } = props;
  const faults = faultsOf("size", draft, schema.keys);
  return (
    <StepForm isGood={Object.keys(faults).length === 0} onNext={onNext}>
      {(isTold) => (
        <>
          <Panel title="How large is an entry?">
            <RadioCards
              legend="Size of an entry"
              choices={WAYS}
              value={draft.way}
              onChoose={(way) => change({ way })}
            />
          </Panel>
          {draft.way !== "use_strategy_contracts" && (
            <Panel title={WAYS.find(({ value }) => value === draft.way)?.label ?? ""}>
              <StepFields {...props} names={keysOf("size", draft)} faults={isTold ? faults : {}} />
              <Example {...props} />
            </Panel>
          )}
        </>
      )}
    </StepForm>
  );
}

/** What the figure comes to with the account as it stands. */
function Example(props: StepProps) {
  const { draft, schema } = props;
  const card = brokerOf(props);
  const key = schema.keys.find(({ name }) => name === draft.way);
  if (!key || !card || card.equity === null || key.unit !== "fraction") {
    return null;
  }
  const typed = draft.texts[key.name];
  const share = typed === undefined ? key.default : readText(key, typed).value;
  if (typeof share !== "string" || !isDecimal(share) || !isDecimal(card.equity)) {
    return null;
  }
  const amount = formatMoney(multiply(card.equity, share), card.currency ?? "");
  return (
    <p className={styles.example}>
      Now that is <strong>{amount}</strong> {draft.way === "risk_pct" ? "lost at the stop" : "an entry"}, of{" "}
      {formatMoney(card.equity, card.currency ?? "")}.
    </p>
  );
}
