/**
 * Questions that the server asks in the middle of a call: who are you, and is it still you?
 *
 * The call waits for the answer and is then sent again, so nothing that was typed is lost.
 */

export type Challenge = "sign-in" | "token-again";

interface Open {
  kind: Challenge;
  answer: Promise<string | null>;
  settle: (answer: string | null) => void;
}

let open: Open | null = null;
const listeners = new Set<() => void>();

function change(next: Open | null): void {
  open = next;
  for (const listener of listeners) {
    listener();
  }
}

/** Ask the person once, however many calls want to know; null: no answer was given. */
export function ask(kind: Challenge): Promise<string | null> {
  if (open?.kind === kind) {
    return open.answer;
  }
  open?.settle(null);
  const { promise, resolve } = withResolvers<string | null>();
  change({ kind, answer: promise, settle: resolve });
  return promise;
}

/** Answer the open question: with the token, with an empty text once signed in, or with null to give up. */
export function answerChallenge(answer: string | null): void {
  const asked = open;
  change(null);
  asked?.settle(answer);
}

/** The question that waits for an answer. */
export function openChallenge(): Challenge | null {
  return open?.kind ?? null;
}

/** Be told when a question is asked or answered. */
export function subscribeToChallenges(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
