/** A server for tests: answers by method and path, remembers what it was asked, knows nothing else. */

import { vi } from "vitest";

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
}

interface Answer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

type Route = Answer | ((asked: Asked) => Answer | Promise<Answer>);

export interface Server {
  /** Everything that was asked, in order. */
  asked: Asked[];
  /** Answer "GET /api/bots" so from now on. */
  on: (methodAndPath: string, route: Route) => void;
  /** No request reaches it any more. */
  disconnect: () => void;
}

/** A body is JSON, or a text that is none. */
function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Put a server in the place of the network, for one test. */
export function startServer(routes: Record<string, Route> = {}): Server {
  const table = new Map(Object.entries(routes));
  const asked: Asked[] = [];
  let isConnected = true;
  vi.stubGlobal("fetch", async (request: Request): Promise<Response> => {
    if (!isConnected) {
      throw new TypeError("Failed to fetch");
    }
    const url = new URL(request.url);
    const text = await request.text();
    const one: Asked = {
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: text === "" ? null : bodyOf(text),
    };
    asked.push(one);
    const route = table.get(`${one.method} ${one.path}`);
    const {
      status = 200,
      body = null,
      headers = {},
    } = typeof route === "function"
      ? await route(one)
      : (route ?? { status: 404, body: failure("NOT_FOUND") });
    const content = status === 204 ? null : JSON.stringify(body);
    return new Response(content, { status, headers: { "Content-Type": "application/json", ...headers } });
  });
  return {
    asked,
    on: (methodAndPath, route) => {
      table.set(methodAndPath, route);
    },
    disconnect: () => {
      isConnected = false;
    },
  };
}

/** The envelope of an error. */
export function failure(code: string, message = `It failed: ${code}.`): unknown {
  return { status: "error", error: { code, message }, request_id: "r-1" };
}
