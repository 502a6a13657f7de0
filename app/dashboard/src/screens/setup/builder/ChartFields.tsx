import { Field, SelectField } from "@/components/Field";
import styles from "./Builder.module.css";
import { type Chart, MOVES, type Move } from "./placeholders";

const MOVE_NAMES = ["enter", "exit", "short", "cover"] as const satisfies readonly Move[];

/** What TradingView is taken to fill in, for the preview alone. */
export function ChartFields({ chart, setChart }: { chart: Chart; setChart: (chart: Chart) => void }) {
  return (
    <fieldset className={styles.chart}>
      <legend>As if TradingView filled in</legend>
      <Field
        label="Symbol"
        value={chart.symbol}
        spellCheck={false}
        onChange={(event) => setChart({ ...chart, symbol: event.target.value })}
      />
      <Field
        label="Price"
        inputMode="decimal"
        value={chart.price}
        onChange={(event) => setChart({ ...chart, price: event.target.value })}
      />
      <Field
        label="Units"
        inputMode="decimal"
        value={chart.contracts}
        onChange={(event) => setChart({ ...chart, contracts: event.target.value })}
      />
      <SelectField
        label="The strategy"
        value={chart.move}
        onChange={(event) => {
          const move = MOVE_NAMES.find((name) => name === event.target.value) ?? "enter";
          setChart({ ...chart, move });
        }}
      >
        {MOVE_NAMES.map((name) => (
          <option key={name} value={name}>
            {MOVES[name].label}
          </option>
        ))}
      </SelectField>
    </fieldset>
  );
}
