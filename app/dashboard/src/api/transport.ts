/** One request's way: sent, and sent again once the person has answered what the server asked. */

import { ask } from "./challenges";
import { codeOf, noContact } from "./errors";
import { quicken } from "./pace";
import { isAttended } from "./presence";

const SESSION = "/api/session";
export const TOKEN_HEADER = "X-Operator-Token";
/** Said where the page reads by itself while nobody is at it: that keeps no session alive. */
export const UNATTENDED_HEADER = "X-Unattended";

function isSession(request: Request): boolean {
  return new URL(request.url).pathname === SESSION;
}

async function attempt(request: Request): Promise<Response> {
  try {
    return await fetch(request.clone());
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") {
      throw error;
    }
    throw noContact();
  }
}

async function wantsTokenAgain(response: Response): Promise<boolean> {
  if (response.status !== 403) {
    return false;
  }
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  return codeOf(body) === "TOKEN_AGAIN";
}

function withToken(request: Request, token: string): Request {
  const headers = new Headers(request.headers);
  headers.set(TOKEN_HEADER, token);
  return new Request(request.clone(), { headers });
}

/** Send a request; a session that ended or a token that is wanted again is settled on the way. */
export async function transport(request: Request): Promise<Response> {
  if (request.method !== "GET") {
    quicken();
  } else if (!isAttended()) {
    request.headers.set(UNATTENDED_HEADER, "true");
  }
  let response = await attempt(request);
  while (response.status === 401 && !isSession(request)) {
    if ((await ask("sign-in")) === null) {
      return response;
    }
    response = await attempt(request);
  }
  while (await wantsTokenAgain(response)) {
    const token = await ask("token-again");
    if (token === null) {
      return response;
    }
    response = await attempt(withToken(request, token));
  }
  return response;
}
