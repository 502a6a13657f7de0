import { Field, SelectField } from "@/components/Field";
import styles from "./Builder.module.css";
import { type Chart, isOfStrategy, MOVES, type Move } from "./placeholders";

const MOVE_NAMES = ["enter", "exit", "short", "cover"] as const satisfies readonly Move[];

const OF_INSTRUMENT = new Set(["ticker", "exchange"]);
const OF_PRICE = new Set(["open", "high", "low", "close", "strategy.order.price"]);

interface ChartProps {
  /** The placeholders of the message: only what they need is asked for. */
  names: readonly string[];
  chart: Chart;
  setChart: (chart: Chart) => void;
}

/** What TradingView is taken to fill in, for the preview alone. */
export function ChartFields({ names, chart, setChart }: ChartProps) {
  const hasSymbol = names.some((name) => OF_INSTRUMENT.has(name));
  const hasPrice = names.some((name) => OF_PRICE.has(name));
  const hasOrder = names.some(isOfStrategy);
  if (!hasSymbol && !hasPrice && !hasOrder) {
    return null;
  }
  const set = (changes: Partial<Chart>) => setChart({ ...chart, ...changes });
  return (
    <fieldset className={styles.chart}>
      <legend>As if TradingView filled in</legend>
      {hasSymbol && (
        <Field
          label="Symbol"
          value={chart.symbol}
          spellCheck={false}
          onChange={(event) => set({ symbol: event.target.value })}
        />
      )}
      {hasPrice && (
        <Field
          label="Price"
          inputMode="decimal"
          value={chart.price}
          onChange={(event) => set({ price: event.target.value })}
        />
      )}
      {hasOrder && (
        <>
          <Field
            label="Units"
            inputMode="decimal"
            value={chart.contracts}
            onChange={(event) => set({ contracts: event.target.value })}
          />
          <SelectField
            label="The strategy"
            value={chart.move}
            onChange={(event) =>
              set({ move: MOVE_NAMES.find((name) => name === event.target.value) ?? "enter" })
            }
          >
            {MOVE_NAMES.map((name) => (
              <option key={name} value={name}>
                {MOVES[name].label}
              </option>
            ))}
          </SelectField>
        </>
      )}
    </fieldset>
  );
}
