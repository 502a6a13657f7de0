import { Field, SelectField } from "@/components/Field";
import { brokerName, useBrokers } from "@/screens/brokers/brokers";
import { BotField } from "./BotField";
import styles from "./JobsScreen.module.css";
import { type Bind, LARGEST, type Wish } from "./wishes";

const TIMEFRAMES: readonly Wish["timeframe"][] = [
  "1m",
  "2m",
  "3m",
  "5m",
  "10m",
  "15m",
  "20m",
  "30m",
  "1h",
  "2h",
  "4h",
  "1d",
];

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
      <SourceField bind={bind} />
      {wish.source === "" ? (
        <Field
          label="Bars"
          type="file"
          accept=".csv,.txt"
          multiple
          help="A chart's export, or CSV with time, open, high, low, close. Without one orders fill at the prices that alerts name."
          error={isTooLarge ? `The files are larger than ${LARGEST / 1_000_000} MB together.` : undefined}
          onChange={({ target }) => onFiles({ ...wish, bars: [...(target.files ?? [])] })}
        />
      ) : (
        <BrokerFields bind={bind} />
      )}
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

// Who keeps none, or is not set up here, is not offered.
function SourceField({ bind }: { bind: Bind }) {
  const cards = useBrokers().data?.brokers ?? [];
  const keepers = cards.filter((card) => card.configured && card.capabilities.bars.length > 0);
  if (keepers.length === 0) {
    return null;
  }
  return (
    <SelectField label="Bars from" {...bind("source")}>
      <option value="">files</option>
      {keepers.map(({ broker }) => (
        <option key={broker} value={broker}>
          {brokerName(broker)}
        </option>
      ))}
    </SelectField>
  );
}

function BrokerFields({ bind }: { bind: Bind }) {
  return (
    <>
      <SelectField
        label="Length of bars"
        help="Downloaded while the job runs, slowly, so that trading comes first."
        {...bind("timeframe")}
      >
        {TIMEFRAMES.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </SelectField>
      <SelectField label="Shares adjusted for" {...bind("adjust")}>
        <option value="split">splits, like charts</option>
        <option value="all">splits and dividends</option>
        <option value="raw">nothing, as it was then</option>
      </SelectField>
      <SelectField label="Hours" {...bind("hours")}>
        <option value="regular">regular</option>
        <option value="all">all</option>
      </SelectField>
    </>
  );
}
