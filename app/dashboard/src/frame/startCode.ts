const START = /^#start=([\w-]+)$/;
let taken: string | null | undefined;

/** Take the code of the printed link out of the address, where nobody will read it over a shoulder or in the history. */
export function takeStartCode(): string | null {
  if (taken === undefined || START.test(location.hash)) {
    taken = START.exec(location.hash)?.[1] ?? null;
    if (taken !== null) {
      history.replaceState(history.state, "", location.pathname + location.search);
    }
  }
  return taken;
}
