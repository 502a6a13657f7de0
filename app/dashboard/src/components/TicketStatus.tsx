import { STATUS_WORDS, type TicketStatus as Status } from "@/format/tickets";
import { Badge } from "./Badge";

/** What came of a ticket, in words. */
export function TicketStatus({ status }: { status: Status }) {
  const { word, tone } = STATUS_WORDS[status];
  return <Badge tone={tone}>{word}</Badge>;
}
