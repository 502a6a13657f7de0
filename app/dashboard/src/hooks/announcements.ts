/** One polite voice for screen readers: at most one message in ten seconds, the latest wins. */

const PAUSE_MS = 10_000;

let text = "";
let lastAt = Number.NEGATIVE_INFINITY;
let waiting: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function say(message: string): void {
  text = message;
  lastAt = Date.now();
  for (const listener of listeners) {
    listener();
  }
}

/** Tell a screen reader something that a sighted person sees change. */
export function announce(message: string): void {
  clearTimeout(waiting);
  const wait = lastAt + PAUSE_MS - Date.now();
  if (wait <= 0) {
    say(message);
  } else {
    waiting = setTimeout(say, wait, message);
  }
}

/** What was said last. */
export function announced(): string {
  return text;
}

/** Be told when something is said. */
export function subscribeToAnnouncements(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
