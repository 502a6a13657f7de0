/**
 * Secrets that a person has pasted or just made. The server keeps digests alone, so it cannot show one again.
 *
 * They stay in this tab: `sessionStorage` ends with it, signing out empties it, and no other tab sees them.
 */

import { useSyncExternalStore } from "react";

const PREFIX = "gatehouse.secret.";
/** The account's own secret, which stands in the addresses of bot commands; no bot can be called so. */
export const ACCOUNT = "(account)";

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function read(owner: string): string {
  try {
    return sessionStorage.getItem(PREFIX + owner) ?? "";
  } catch {
    return "";
  }
}

/** Keep a bot's secret in this tab; an empty one is forgotten. */
export function keepSecret(owner: string, secret: string): void {
  try {
    if (secret === "") {
      sessionStorage.removeItem(PREFIX + owner);
    } else {
      sessionStorage.setItem(PREFIX + owner, secret);
    }
  } catch {
    // A browser that keeps nothing asks again on the next page.
  }
  for (const listener of listeners) {
    listener();
  }
}

/** The secret of a bot, or of the account, as far as this tab knows it; "" where it does not. */
export function useSecret(owner: string): string {
  return useSyncExternalStore(subscribe, () => read(owner));
}
