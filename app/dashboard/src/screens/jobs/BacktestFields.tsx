import { Field } from "@/components/Field";
import { BotField } from "./BotField";
import styles from "./JobsScreen.module.css";
import { type Bind, LARGEST, type Wish } from "./wishes";

/** Which alerts and which prices. */
export function BacktestFields({
  wish,
  bind,
  isTooLarge,
  onFiles,
}: {
  wish: Wish;
  bind: Bind;
  isTooLarge: boolean;
  onFiles: (wish: Wish) => void;
}) {
  const ownDays = wish.alerts === undefined;
  return (
    <div className={styles.fields}>
      <Field
        label="Alerts"
        type="file"
        accept=".csv,.json,.jsonl,.txt"
        help="TradingView's alert log or list of trades, logs.jsonl, tickets. Without a file: this Gatehouse's own, of the days below."
        onChange={({ target }) => onFiles({ ...wish, alerts: target.files?.[0] })}
      />
      <Field
        label="Bars"
        type="file"
        accept=".csv,.txt"
        multiple
        help="A chart's export, or CSV with time, open, high, low, close. Without one orders fill at the prices that alerts name."
        error={isTooLarge ? `The files are larger than ${LARGEST / 1_000_000} MB together.` : undefined}
        onChange={({ target }) => onFiles({ ...wish, bars: [...(target.files ?? [])] })}
      />
      <Field
        label="Symbol"
        placeholder="NASDAQ:AAPL"
        help="Where neither a column nor the file's name tells."
        {...bind("symbol")}
      />
      <BotField bind={bind} none="as each alert says" />
      <Field label="From" unit="UTC" type="date" required={ownDays} {...bind("from")} />
      <Field label="To" unit="UTC" type="date" required={ownDays} {...bind("to")} />
      <Field
        label="Time zone"
        placeholder="UTC"
        help="Of times that name none, such as those of a list of trades."
        {...bind("timezone")}
      />
    </div>
  );
}
