import { formatPrice } from "@/format/money";
import { formatQuantity } from "@/format/numbers";
import { STATUS_WORDS, type TicketRow } from "@/format/tickets";

type Told = Pick<
  TicketRow,
  "status" | "message" | "reason" | "question" | "side" | "symbol" | "filled_quantity" | "average_fill_price"
>;

/** Say in one sentence what came of an alert. */
export function ticketSentence(ticket: Told): string {
  const done = filled(ticket);
  if (ticket.status === "awaiting_approval" && ticket.question) {
    return `Waits for you: ${ticket.question}`;
  }
  if (done && ticket.message) {
    return `${done} Not all of it: ${ticket.message}`;
  }
  if (done) {
    return done;
  }
  const { word } = STATUS_WORDS[ticket.status];
  return ticket.message ? `${word}: ${ticket.message}` : `${word}.`;
}

function filled({ status, side, symbol, filled_quantity, average_fill_price }: Told): string | null {
  if ((status !== "filled" && status !== "partially_filled") || side === null) {
    return null;
  }
  const verb = side === "buy" ? "Bought" : "Sold";
  const price = average_fill_price === null ? "" : ` at ${formatPrice(average_fill_price)}`;
  const part = status === "partially_filled" ? " so far" : "";
  return `${verb} ${formatQuantity(filled_quantity)} ${symbol ?? ""}${price}${part}.`.replaceAll("  ", " ");
}
