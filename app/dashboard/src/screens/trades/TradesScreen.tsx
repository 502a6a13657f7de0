import { Link } from "react-router";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { SelectField } from "@/components/Field";
import { Average, Money, Quantity } from "@/components/Figures";
import { PageHeader, Panel } from "@/components/Panel";
import { EmptyState, LoadFailed, Loading } from "@/components/States";
import { type Column, Table } from "@/components/Table";
import { Time, ZoneName } from "@/components/Time";
import { useBots } from "@/frame/useFrameFacts";
import { useFilters } from "@/hooks/useFilters";
import { useTitle } from "@/hooks/useTitle";
import styles from "./TradesScreen.module.css";
import { TRADE_STATES, type Trade, tradeFigures, tradeTitle, useTrades } from "./trades";

const FILTERS = { state: "all", bot: "", after: "" };
const COLUMNS: readonly Column<Trade>[] = [
  {
    name: "Trade",
    isTitle: true,
    cell: (trade) => (
      <>
        <Link to={`/trades/${trade.number}`}>{tradeTitle(trade)}</Link>
        <span className={styles.number}>{`no. ${trade.number}, ${trade.bot} at ${trade.broker}`}</span>
      </>
    ),
  },
  {
    name: "State",
    isCorner: true,
    cell: ({ state }) => <Badge tone={TRADE_STATES[state].tone}>{TRADE_STATES[state].word}</Badge>,
  },
  { name: "Units", isFigure: true, cell: (trade) => <Quantity quantity={tradeFigures(trade).units} /> },
  { name: "Entered at", isFigure: true, cell: (trade) => <Average price={tradeFigures(trade).entered} /> },
  { name: "Now or left at", isFigure: true, cell: (trade) => <Average price={tradeFigures(trade).left} /> },
  {
    name: "Gain",
    isFigure: true,
    cell: ({ profit_loss: gain, currency }) => <Money amount={gain} currency={currency ?? ""} isGain />,
  },
  {
    name: "Since",
    header: (
      <>
        Since (<ZoneName />)
      </>
    ),
    cell: ({ entered_at: at }) => <Time at={at} show="short" />,
  },
];

/** What is held and what was, shares and structures alike. */
export function TradesScreen() {
  useTitle("Trades");
  const { filters, set, clear, isFiltered } = useFilters(FILTERS);
  const trades = useTrades(filters);
  const bots = useBots();
  const rows = trades.data?.trades ?? [];
  const next = trades.data?.next;
  return (
    <div className="stack">
      <PageHeader
        title="Trades"
        hint="Open ones first. A structure of options has the net price of one: negative where money was received for it."
      />
      <form className={styles.filters} onSubmit={(event) => event.preventDefault()}>
        <SelectField
          label="State"
          value={filters.state}
          onChange={(event) => set({ state: event.target.value, after: "" })}
        >
          <option value="all">open and closed</option>
          <option value="open">open</option>
          <option value="closed">closed</option>
        </SelectField>
        <SelectField
          label="Bot"
          value={filters.bot}
          onChange={(event) => set({ bot: event.target.value, after: "" })}
        >
          <option value="">every bot</option>
          {bots.data?.bots.map((bot) => (
            <option key={bot.id} value={bot.id}>
              {bot.name}
            </option>
          ))}
        </SelectField>
      </form>
      <Panel title={filters.after ? "Earlier trades" : "Trades"} isFlush isBusy={trades.isPlaceholderData}>
        {trades.isPending && <Loading what="trades" />}
        {trades.isError && (
          <LoadFailed what="The trades" error={trades.error} retry={() => void trades.refetch()} />
        )}
        {trades.isSuccess && rows.length === 0 && (
          <EmptyState
            title={isFiltered ? "No trade matches." : "Nothing was traded yet."}
            action={isFiltered ? <Button onClick={clear}>Clear filters</Button> : undefined}
          >
            {!isFiltered && "A trade begins with the first fill."}
          </EmptyState>
        )}
        {rows.length > 0 && (
          <Table
            caption="Trades, open ones first"
            columns={COLUMNS}
            rows={rows}
            keyOf={({ number, id }) => `${number} ${id}`}
          />
        )}
      </Panel>
      <nav className="row" aria-label="Pages">
        {filters.after !== "" && <Button onClick={() => set({ after: "" })}>Newest</Button>}
        {next != null && <Button onClick={() => set({ after: String(next) })}>Earlier</Button>}
      </nav>
    </div>
  );
}
