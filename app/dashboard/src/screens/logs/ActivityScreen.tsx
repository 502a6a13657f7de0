import { answer, api } from "@/api/client";
import { useLive } from "@/api/queries";
import { Button } from "@/components/Button";
import { CheckField, Field, SelectField } from "@/components/Field";
import { PageHeader, Panel } from "@/components/Panel";
import { EmptyState, LoadFailed, Loading } from "@/components/States";
import { useFilters } from "@/hooks/useFilters";
import { useTitle } from "@/hooks/useTitle";
import { ActivityLines, LEVELS, type Level } from "./ActivityLines";
import { LogsTabs } from "./LogsTabs";
import filterStyles from "./TicketFilterForm.module.css";

const FILTERS = { q: "", level: "", after: "", follow: "on" };
const FOLLOW_MS = 3000;
/** What the service did, in the words of `activity.log`. */
export function ActivityScreen() {
  useTitle("Activity");
  const { filters, set, clear, isFiltered } = useFilters(FILTERS);
  const isFollowing = filters.follow === "on" && filters.after === "";
  const log = useActivity(filters, isFollowing);
  const lines = log.data?.lines ?? [];
  return (
    <div className="stack">
      <PageHeader title="Logs" hint="What Gatehouse did, line by line." />
      <LogsTabs />
      <search>
        <form className={filterStyles.form} onSubmit={(event) => event.preventDefault()}>
          <Field
            label="Search"
            type="search"
            value={filters.q}
            onChange={(event) => set({ q: event.target.value, after: "" }, { replace: true })}
          />
          <SelectField
            label="Level"
            value={filters.level}
            onChange={(event) => set({ level: event.target.value, after: "" })}
          >
            <option value="">every level</option>
            {Object.entries(LEVELS).map(([level, { word }]) => (
              <option key={level} value={level}>
                {word}
              </option>
            ))}
          </SelectField>
          <CheckField
            label="Follow"
            checked={isFollowing}
            onChange={(event) => set({ follow: event.target.checked ? "on" : "off", after: "" })}
          />
        </form>
      </search>
      <Panel title={filters.after ? "Older lines" : "Activity"} isFlush isBusy={log.isPlaceholderData}>
        {log.isPending && <Loading what="activity" />}
        {log.isError && <LoadFailed what="The activity" error={log.error} retry={() => void log.refetch()} />}
        {log.isSuccess && lines.length === 0 && (
          <Nothing isFiltered={isFiltered} isAvailable={log.data.available} clear={clear} />
        )}
        <ActivityLines lines={lines} />
      </Panel>
      <nav className="row" aria-label="Pages">
        {filters.after !== "" && <Button onClick={() => set({ after: "" })}>Newest</Button>}
        {log.data?.next && <Button onClick={() => set({ after: log.data.next ?? "" })}>Older</Button>}
      </nav>
    </div>
  );
}

function useActivity({ q, level, after }: { q: string; level: string; after: string }, isFollowing: boolean) {
  return useLive({
    key: ["logs", q, level, after],
    topics: isFollowing ? ["tickets", "orders", "state", "refusals"] : [],
    keepPrevious: true,
    ...(isFollowing ? { everyMs: FOLLOW_MS } : {}),
    read: () => {
      const query = {
        ...(q === "" ? {} : { q }),
        ...(isLevel(level) ? { level } : {}),
        ...(after === "" ? {} : { after }),
      };
      return answer(api.GET("/api/logs", { params: { query } }));
    },
  });
}

function isLevel(text: string): text is Level {
  return text in LEVELS;
}

function Nothing({
  isFiltered,
  isAvailable,
  clear,
}: {
  isFiltered: boolean;
  isAvailable: boolean;
  clear: () => void;
}) {
  if (!isAvailable) {
    return (
      <EmptyState title="No log is kept here.">Where there is no disk, the cloud keeps the lines.</EmptyState>
    );
  }
  return isFiltered ? (
    <EmptyState title="Nothing matches." action={<Button onClick={clear}>Clear filters</Button>} />
  ) : (
    <EmptyState title="Quiet so far." />
  );
}
