import { answer, api } from "@/api/client";
import { useLive } from "@/api/queries";
import { Button } from "@/components/Button";
import { Field, SelectField } from "@/components/Field";
import styles from "./AnalyticsScreen.module.css";
import { codeWords } from "./analytics";
import { type AnalyticsFilters, daysOf, RANGES } from "./filters";

interface FormProps {
  filters: AnalyticsFilters;
  set: (changes: Partial<AnalyticsFilters>) => void;
  clear: () => void;
  isFiltered: boolean;
}

/** Days, bot and broker. */
export function AnalyticsFilterForm({ filters, set, clear, isFiltered }: FormProps) {
  const bots = useLive({ key: ["bots"], topics: ["bots"], read: () => answer(api.GET("/api/bots")) });
  const brokers = useLive({
    key: ["brokers"],
    topics: ["logins"],
    read: () => answer(api.GET("/api/brokers")),
  });
  const { from, to } = daysOf(filters);
  const isOwn = filters.from !== "" || filters.to !== "";
  return (
    <search>
      <form className={styles.form} onSubmit={(event) => event.preventDefault()}>
        <fieldset className={styles.ranges}>
          <legend>Range</legend>
          {RANGES.map(({ days, label }) => (
            <button
              key={days}
              type="button"
              aria-pressed={!isOwn && filters.days === days}
              onClick={() => set({ days, from: "", to: "" })}
            >
              {label}
            </button>
          ))}
        </fieldset>
        <Field
          label="From (UTC)"
          type="date"
          max={to}
          value={from}
          onChange={(event) => set({ from: event.target.value, to })}
        />
        <Field
          label="To (UTC)"
          type="date"
          min={from}
          value={to}
          onChange={(event) => set({ to: event.target.value, from })}
        />
        <SelectField label="Bot" value={filters.bot} onChange={(event) => set({ bot: event.target.value })}>
          <option value="">every bot</option>
          {bots.data?.bots.map((bot) => (
            <option key={bot.id} value={bot.id}>
              {bot.name}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Broker"
          value={filters.broker}
          onChange={(event) => set({ broker: event.target.value })}
        >
          <option value="">every broker</option>
          {brokers.data?.brokers.map(({ broker }) => (
            <option key={broker} value={broker}>
              {codeWords(broker)}
            </option>
          ))}
        </SelectField>
        {isFiltered && (
          <Button size="small" kind="quiet" onClick={clear}>
            Clear filters
          </Button>
        )}
      </form>
    </search>
  );
}
