/** Show a component as the page does: with server state, routes, and somebody signed in. */

import { QueryClientProvider } from "@tanstack/react-query";
import { type RenderResult, render } from "@testing-library/react";
import userEvent, { type UserEvent } from "@testing-library/user-event";
import type { ReactNode } from "react";
import { MemoryRouter } from "react-router";
import type { Schema } from "@/api/client";
import { makeQueryClient } from "@/api/queries";

interface Options {
  at?: string;
  /** null: nobody is signed in; undefined: the page has to ask. */
  role?: Schema<"Session">["role"] | null | undefined;
}

/** Render at an address; `user` types and clicks. */
export function show(
  children: ReactNode,
  { at = "/", ...options }: Options = {},
): RenderResult & { user: UserEvent } {
  const client = makeQueryClient();
  const role = "role" in options ? options.role : "operator";
  client.setQueryData(["session"], role && { role, expires_at: "2030-01-01T00:00:00Z" });
  const page = render(
    <QueryClientProvider client={client}>
      <MemoryRouter initialEntries={[at]}>{children}</MemoryRouter>
    </QueryClientProvider>,
  );
  return { ...page, user: userEvent.setup() };
}
