import { useRef } from "react";
import { answer, api } from "@/api/client";
import { useLive } from "@/api/queries";
import { Button } from "@/components/Button";
import { Field, SelectField } from "@/components/Field";
import { STATUS_WORDS } from "@/format/tickets";
import { useShortcuts } from "@/hooks/useShortcuts";
import { DIALECT_WORDS, type TicketFilters } from "./filters";
import styles from "./TicketFilterForm.module.css";

interface Props {
  filters: TicketFilters;
  set: (changes: Partial<TicketFilters>, options?: { replace?: boolean }) => void;
  clear: () => void;
  isFiltered: boolean;
}

/** What narrows the list; every change shows at once and stands in the address. */
export function TicketFilterForm({ filters, set, clear, isFiltered }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const bots = useLive({ key: ["bots"], topics: ["bots"], read: () => answer(api.GET("/api/bots")) });
  useShortcuts({ "/": () => form.current?.querySelector("input")?.focus() });
  const choose = (name: keyof TicketFilters) => ({
    value: filters[name],
    onChange: (event: { target: { value: string } }) => set({ [name]: event.target.value, after: "" }),
  });
  const more = ["symbol", "dialect", "reason", "from", "to"] as const;
  return (
    <search>
      <form ref={form} className={styles.form} onSubmit={(event) => event.preventDefault()}>
        <Field
          label="Search"
          type="search"
          placeholder="symbol, reason, id, words of an alert"
          value={filters.q}
          onChange={(event) => set({ q: event.target.value, after: "" }, { replace: true })}
        />
        <SelectField label="Outcome" {...choose("status")}>
          <option value="">every outcome</option>
          {Object.entries(STATUS_WORDS).map(([status, { word }]) => (
            <option key={status} value={status}>
              {word}
            </option>
          ))}
        </SelectField>
        <SelectField label="Bot" {...choose("bot")}>
          <option value="">every bot</option>
          {bots.data?.bots.map((bot) => (
            <option key={bot.id} value={bot.id}>
              {bot.name}
            </option>
          ))}
        </SelectField>
        <details className={styles.more} open={more.some((name) => filters[name] !== "") || undefined}>
          <summary>More filters</summary>
          <div className={styles.form}>
            <Field label="Symbol" {...choose("symbol")} />
            <SelectField label="Kind of alert" {...choose("dialect")}>
              <option value="">every kind</option>
              {Object.entries(DIALECT_WORDS).map(([dialect, words]) => (
                <option key={dialect} value={dialect}>
                  {words}
                </option>
              ))}
            </SelectField>
            <Field label="Reason code" placeholder="MARKET_CLOSED" {...choose("reason")} />
            <Field label="From" unit="UTC" type="date" {...choose("from")} />
            <Field label="To" unit="UTC" type="date" {...choose("to")} />
          </div>
        </details>
        {isFiltered && (
          <div className={styles.clear}>
            <Button size="small" kind="quiet" onClick={clear}>
              Clear filters
            </Button>
          </div>
        )}
      </form>
    </search>
  );
}
