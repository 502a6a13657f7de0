/**
 * Operations that the dashboard calls and the API's document does not describe yet.
 *
 * Shapes as designed; each leaves this file when `make api-types` brings it into `schema.d.ts`.
 */

import type { components } from "./schema";

type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

interface Answer<T> {
  headers: { [name: string]: unknown };
  content: { "application/json": T };
}

interface NoAnswer {
  headers: { [name: string]: unknown };
  content?: never;
}

interface NoParameters {
  query?: never;
  header?: never;
  path?: never;
  cookie?: never;
}

export type Role = "operator" | "viewer";

export interface Session {
  role: Role;
  expires_at: string;
}

export type Mode = "PAPER" | "DRY RUN" | "LIVE";

export type HeldPosition = Schema<"Position"> & {
  /** Nobody: opened elsewhere. */
  held_by: { bot: string; trade: number | null; quantity: string }[];
};

export type AccountDay = Schema<"Account"> & {
  day_began_at: string | null;
  day_began_with: string | null;
  day_pnl: string | null;
  day_pnl_pct: string | null;
};

export interface Needs {
  approvals: Schema<"TicketRow">[];
  logins: (Schema<"Login"> & { broker: string })[];
  unreachable: Schema<"BrokerSeen">[];
  unknown: Schema<"TicketRow">[];
  failures: Schema<"TicketRow">[];
  pursuits: Schema<"Pursuit">[];
  unreconciled: {
    broker: string;
    symbol: string;
    held: string;
    known: string;
    kind: "unmanaged" | "missing";
    since: string;
  }[];
  entry_stops: Schema<"EntryStop">[];
}

export interface FirstRun {
  safe: { done: boolean; mode: Mode };
  test_alert: { done: boolean; ticket: string | null };
  real_alert: { done: boolean; ticket: string | null; refusal: Schema<"Refusal"> | null };
  limits: {
    done: boolean;
    limits_set: boolean;
    notifications_set: boolean;
    notification_tested_at: string | null;
  };
  broker: {
    done: boolean;
    checks: {
      broker: string;
      check: "keys" | "login" | "reachable" | "buying_power" | "dry_run" | "allow_live" | "live_bot";
      passed: boolean;
      detail: string;
      cure: string | null;
    }[];
  };
}

export interface Overview {
  at: string;
  version: string;
  mode: Mode;
  trading_state: Schema<"TradingState">;
  paused_bots: (Schema<"TradingState"> & { bot: string })[];
  brokers: Schema<"BrokerSeen">[];
  accounts: AccountDay[];
  positions: HeldPosition[];
  tickets: Schema<"TicketRow">[];
  needs: Needs;
  first_run: FirstRun;
}

export interface PendingPaths {
  "/api/overview": {
    parameters: NoParameters;
    get: { parameters: NoParameters; requestBody?: never; responses: { 200: Answer<Overview> } };
  };
  "/api/alerts/test": {
    parameters: NoParameters;
    post: { parameters: NoParameters; requestBody?: never; responses: { 200: Answer<{ ticket: string }> } };
  };
  "/api/session": {
    parameters: NoParameters;
    get: { parameters: NoParameters; requestBody?: never; responses: { 200: Answer<Session> } };
    post: {
      parameters: NoParameters;
      requestBody: { content: { "application/json": { token: string } | { start: string } } };
      responses: { 200: Answer<Session> };
    };
    delete: { parameters: NoParameters; requestBody?: never; responses: { 204: NoAnswer } };
  };
  "/api/reasons": {
    parameters: NoParameters;
    get: {
      parameters: NoParameters;
      requestBody?: never;
      responses: { 200: Answer<{ reasons: { code: string; sentence: string; cure: string }[] }> };
    };
  };
}
