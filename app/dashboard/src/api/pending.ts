/**
 * Operations that the dashboard calls and the API's document does not describe yet.
 *
 * Shapes as designed; each leaves this file when `make api-types` brings it into `schema.d.ts`.
 */

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

export interface PendingPaths {
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
