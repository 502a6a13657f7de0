import { answer, api, type Schema } from "@/api/client";
import { useLive } from "@/api/queries";

export type Ticket = Schema<"Ticket">;
export type Gate = Ticket["gates"][number];
export type Opinion = NonNullable<Ticket["opinion"]>;

/** Read one ticket whole. */
export function useTicket(id: string) {
  return useLive({
    key: ["tickets", "one", id],
    topics: ["tickets", "approvals", "orders"],
    read: () => answer(api.GET("/api/tickets/{ticket}", { params: { path: { ticket: id } } })),
  });
}

/** Sentences and cures of all reason codes; they change with the version alone. */
export function useReasons() {
  return useLive({ key: ["reasons"], topics: [], read: () => answer(api.GET("/api/reasons")) });
}
