import { useState } from "react";
import { useNavigate } from "react-router";
import { answer, api } from "@/api/client";
import { useLive } from "@/api/queries";
import { Button } from "@/components/Button";
import { LinkButton } from "@/components/LinkButton";
import { PageHeader, Panel } from "@/components/Panel";
import { EmptyState, LoadFailed, Loading } from "@/components/States";
import { download, toCsv } from "@/format/csv";
import { isUnderWay, type TicketRow } from "@/format/tickets";
import { useFilters } from "@/hooks/useFilters";
import { useShortcuts } from "@/hooks/useShortcuts";
import { useTitle } from "@/hooks/useTitle";
import { useUnderWay } from "@/hooks/useUnderWay";
import { TICKET_FILTERS, type TicketFilters, ticketQuery } from "./filters";
import { LogsTabs } from "./LogsTabs";
import { TicketFilterForm } from "./TicketFilterForm";
import { TicketTable } from "./TicketTable";
import { useHeldRows } from "./useHeldRows";

const PAGE = 50;
const CSV_COLUMNS = [
  "created_at",
  "id",
  "bot",
  "dialect",
  "intent",
  "symbol",
  "side",
  "quantity",
  "status",
  "reason",
  "message",
  "filled_quantity",
  "average_fill_price",
] as const;

/** Every alert and what came of it. */
export function TicketsScreen() {
  useTitle("Logs");
  const { filters, set, clear, isFiltered } = useFilters(TICKET_FILTERS);
  const list = JSON.stringify(filters);
  const page = useTickets(filters);
  const rows = page.data?.tickets ?? [];
  const { visible, held, release } = useHeldRows(rows, list);
  const current = useRowKeys(visible);
  useUnderWay(visible.some((row) => isUnderWay(row.status)));
  return (
    <div className="stack">
      <PageHeader
        title="Logs"
        hint="Every alert, what was made of it, and why."
        actions={
          visible.length > 0 && (
            <Button
              size="small"
              isPending={page.isPlaceholderData}
              onClick={() => download("tickets.csv", ticketsAsCsv(visible))}
            >
              Download as CSV
            </Button>
          )
        }
      />
      <LogsTabs />
      <TicketFilterForm {...{ filters, set, clear, isFiltered }} />
      {held > 0 && (
        <Button
          kind="primary"
          onClick={() => {
            release();
            window.scrollTo({ top: 0 });
          }}
        >
          {`Show ${held} new`}
        </Button>
      )}
      <Panel title={filters.after ? "Older tickets" : "Tickets"} isFlush isBusy={page.isPlaceholderData}>
        {page.isPending && <Loading what="tickets" />}
        {page.isError && (
          <LoadFailed what="The tickets" error={page.error} retry={() => void page.refetch()} />
        )}
        {page.isSuccess && visible.length === 0 && <NoTickets isFiltered={isFiltered} clear={clear} />}
        {visible.length > 0 && <TicketTable rows={visible} currentKey={current} />}
      </Panel>
      <Pages
        isOlder={filters.after !== ""}
        next={page.data?.next ?? null}
        go={(after) => {
          set({ after });
          window.scrollTo({ top: 0 });
        }}
      />
    </div>
  );
}

function useTickets(filters: TicketFilters) {
  return useLive({
    key: ["tickets", filters],
    topics: ["tickets"],
    keepPrevious: true,
    read: async () => {
      const query = ticketQuery(filters, PAGE);
      const page = await answer(api.GET("/api/tickets", { params: { query } }));
      const tickets: readonly TicketRow[] = page.tickets;
      return { tickets, next: page.next };
    },
  });
}

function NoTickets({ isFiltered, clear }: { isFiltered: boolean; clear: () => void }) {
  return isFiltered ? (
    <EmptyState title="Nothing matches." action={<Button onClick={clear}>Clear filters</Button>}>
      No ticket has all that you ask for.
    </EmptyState>
  ) : (
    <EmptyState
      title="No alert has come yet."
      action={<LinkButton to="/setup">Set up the webhook</LinkButton>}
    >
      Each alert gets a ticket here the moment it arrives, whatever becomes of it.
    </EmptyState>
  );
}

function Pages({
  isOlder,
  next,
  go,
}: {
  isOlder: boolean;
  next: string | null;
  go: (after: string) => void;
}) {
  if (!isOlder && next === null) {
    return null;
  }
  return (
    <nav className="row" aria-label="Pages">
      {isOlder && <Button onClick={() => go("")}>Newest</Button>}
      {next !== null && <Button onClick={() => go(next)}>Older</Button>}
    </nav>
  );
}

/** `j` and `k` walk along the rows, Enter opens the one they stand on. */
function useRowKeys(rows: readonly TicketRow[]): string | undefined {
  const [at, setAt] = useState<string>();
  const navigate = useNavigate();
  const place = rows.findIndex((row) => row.id === at);
  const step = (by: number) => {
    const next = rows[Math.min(rows.length - 1, Math.max(0, place + by))];
    setAt(next?.id);
    document.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" });
  };
  const open = () => void navigate(`/tickets/${at}`);
  const walking = { j: () => step(1), k: () => step(-1) };
  useShortcuts(place >= 0 ? { ...walking, Enter: open } : walking);
  return at;
}

function ticketsAsCsv(rows: readonly TicketRow[]): string {
  return toCsv(
    CSV_COLUMNS,
    rows.map((row) => CSV_COLUMNS.map((name) => row[name])),
  );
}
