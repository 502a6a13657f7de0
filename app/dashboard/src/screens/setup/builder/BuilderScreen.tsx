import { SelectField } from "@/components/Field";
import { PageHeader, Panel } from "@/components/Panel";
import { EmptyState, LoadFailed, Loading } from "@/components/States";
import { useBots } from "@/frame/useFrameFacts";
import { useFilters } from "@/hooks/useFilters";
import { useTitle } from "@/hooks/useTitle";
import { TEST_BOT } from "../arrivals";
import { SetupTabs } from "../SetupTabs";
import { Builder } from "./Builder";
import styles from "./Builder.module.css";
import { type Bot, SOURCES, type SourceName, sourcesOf } from "./sources";

const FIRST = "default";
const FILTERS = { bot: "", source: "", at: "" };

/** Make an alert: for a bot, from a source, with its exact message and what it would do. */
export function BuilderScreen() {
  useTitle("Alert builder");
  const bots = useBots();
  const known = bots.data?.bots.filter(({ id }) => id !== TEST_BOT);
  return (
    <div className="stack">
      <PageHeader
        title="Webhook Setup"
        hint="Choose who sends what to which bot; copy the address and the message."
      />
      <SetupTabs />
      {bots.isPending && <Loading what="bots" />}
      {bots.isError && <LoadFailed what="The bots" error={bots.error} retry={() => void bots.refetch()} />}
      {known?.length === 0 && <EmptyState title="There is no bot to send alerts to." />}
      {known && known.length > 0 && <Choice bots={known} />}
    </div>
  );
}

function Choice({ bots }: { bots: readonly Bot[] }) {
  const { filters, set } = useFilters(FILTERS);
  const bot = bots.find(({ id }) => id === (filters.bot || FIRST)) ?? bots[0];
  if (bot === undefined) {
    return null;
  }
  const names = sourcesOf(bot);
  const name: SourceName = names.find((one) => one === filters.source) ?? names[0] ?? "strategy";
  return (
    <>
      <Panel title="Who sends to whom">
        <div className={styles.fields}>
          <SelectField label="Bot" value={bot.id} onChange={(event) => set({ bot: event.target.value })}>
            {bots.map(({ id, name: words }) => (
              <option key={id} value={id}>
                {words === id ? id : `${words} (${id})`}
              </option>
            ))}
          </SelectField>
          <SelectField label="Source" value={name} onChange={(event) => set({ source: event.target.value })}>
            {names.map((one) => (
              <option key={one} value={one}>
                {SOURCES[one].label}
              </option>
            ))}
          </SelectField>
        </div>
        <p className="soft">{SOURCES[name].hint}</p>
      </Panel>
      <Builder
        key={`${bot.id} ${name}`}
        bot={bot}
        name={name}
        at={filters.at}
        setAt={(at) => set({ at }, { replace: true })}
      />
    </>
  );
}
