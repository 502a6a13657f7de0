/** The API, typed by its own document: `await answer(api.GET("/api/bots"))`. */

import createClient from "openapi-fetch";
import { errorFrom } from "./errors";
import type { LoosePaths } from "./loose";
import type { components, paths } from "./schema";
import { transport } from "./transport";

/** A component of the API's document by its name. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

type Paths = Omit<paths, keyof LoosePaths> & LoosePaths;

export const api = createClient<Paths>({
  baseUrl: globalThis.location?.origin ?? "",
  fetch: transport,
});

interface Outcome<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** Return what a call answered, or throw an `ApiError` that says what happened and what to do. */
export async function answer<Data>(call: Promise<Outcome<Data>>): Promise<NonNullable<Data>> {
  const { data, error, response } = await call;
  if (!response.ok || data === undefined || data === null) {
    throw errorFrom(response.status, error);
  }
  return data;
}

/** Wait for a call that answers nothing; throws as `answer` does. */
export async function done(call: Promise<Outcome<unknown>>): Promise<void> {
  const { error, response } = await call;
  if (!response.ok) {
    throw errorFrom(response.status, error);
  }
}

/** Return what a call answered together with its ETag, which a change must carry as `If-Match`. */
export async function answerWithTag<Data>(
  call: Promise<Outcome<Data>>,
): Promise<{ data: NonNullable<Data>; etag: string }> {
  const outcome = await call;
  const data = await answer(Promise.resolve(outcome));
  return { data, etag: outcome.response.headers.get("ETag") ?? "" };
}

/** Make the key under which a call that orders something is carried out once, however often it is sent. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
