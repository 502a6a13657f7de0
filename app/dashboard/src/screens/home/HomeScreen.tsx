import { PageHeader } from "@/components/Panel";
import { LoadFailed, Loading } from "@/components/States";
import { isUnderWay } from "@/format/tickets";
import { MODE_MEANING, useOverview } from "@/frame/useFrameFacts";
import { useTitle } from "@/hooks/useTitle";
import { useUnderWay } from "@/hooks/useUnderWay";
import { Accounts } from "./Accounts";
import { FirstRun } from "./FirstRun";
import { LastTickets } from "./LastTickets";
import { Needs } from "./Needs";
import { Positions } from "./Positions";

// Prices move without a write that a counter would tell.
const PRICES_EVERY_MS = 5000;

/** How things stand, and what needs somebody. */
export function HomeScreen() {
  useTitle("Home");
  const overview = useOverview({ everyMs: PRICES_EVERY_MS });
  const data = overview.data;
  useUnderWay(data?.tickets.some((ticket) => isUnderWay(ticket.status)) ?? false);
  if (data === undefined) {
    return overview.isError ? (
      <LoadFailed what="The overview" error={overview.error} retry={() => void overview.refetch()} />
    ) : (
      <Loading what="the overview" />
    );
  }
  // Once alerts come in, what is left to set up stands below what they did.
  const isNew = !data.first_run.real_alert.done;
  return (
    <div className="stack">
      <PageHeader title="Home" hint={MODE_MEANING[data.mode]} />
      {isNew && <FirstRun steps={data.first_run} />}
      <Needs needs={data.needs} pausedBots={data.paused_bots} />
      <Accounts accounts={data.accounts} brokers={data.brokers} />
      <Positions positions={data.positions} accounts={data.accounts} />
      <LastTickets tickets={data.tickets} />
      {!isNew && <FirstRun steps={data.first_run} />}
    </div>
  );
}
