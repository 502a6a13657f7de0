import { ticketSentence } from "./sentence";
import type { Ticket } from "./ticket";

/** Write a ticket as text that can be pasted into a mail: no secret is in it. */
export function ticketAsText(ticket: Ticket): string {
  const refused = ticket.gates.filter((gate) => !gate.passed);
  return [
    `Ticket ${ticket.id} (${ticket.dialect}, bot ${ticket.bot}), ${ticket.created_at}`,
    ticketSentence(ticket) + (ticket.reason ? ` [${ticket.reason}]` : ""),
    "",
    ...ticket.timeline.map((step) =>
      `${step.at} +${step.milliseconds} ms ${step.stage} ${step.detail ?? ""}`.trimEnd(),
    ),
    "",
    ...refused.map((gate) => `refused by ${gate.gate}: ${gate.detail} [${gate.code}]`),
    ...ticket.orders.map(
      (order) =>
        `order ${order.client_order_id} at ${order.broker} (${order.broker_order_id ?? "no number"}): ` +
        `${order.side} ${order.quantity ?? order.notional} ${order.symbol} ${order.type}, ${order.status}, ` +
        `filled ${order.filled_quantity} at ${order.average_fill_price ?? "-"}`,
    ),
    "",
    JSON.stringify(ticket.alert, null, 2),
  ].join("\n");
}
