import { answer, api } from "@/api/client";
import { useLive } from "@/api/queries";
import { Panel } from "@/components/Panel";
import { ActivityLines } from "@/screens/logs/ActivityLines";

/** What the activity log says of one ticket: its attempts, resends of its alert, what its orders did later. */
export function TicketLog({ id }: { id: string }) {
  const log = useLive({
    key: ["logs", "ticket", id],
    topics: ["tickets", "orders"],
    read: () => answer(api.GET("/api/logs", { params: { query: { q: id, limit: 50 } } })),
  });
  const lines = log.data?.lines ?? [];
  return lines.length === 0 ? null : (
    <Panel
      title="In the activity log"
      hint="Resends of the alert and what came later stand here too."
      isFlush
    >
      <ActivityLines lines={lines} ofTicket={id} />
    </Panel>
  );
}
