/** Whether somebody is at the page: what it reads by itself is no reason to stay signed in. */

const ATTENDED_MS = 60_000;
const DEEDS = ["pointerdown", "keydown", "wheel", "touchmove"] as const;

let lastDeed = Date.now();

/** Note whatever a person does on the page. */
export function watchPresence(target: EventTarget): void {
  for (const deed of DEEDS) {
    target.addEventListener(
      deed,
      () => {
        lastDeed = Date.now();
      },
      { passive: true, capture: true },
    );
  }
}

/** True while somebody did something within the last minute. */
export function isAttended(now = Date.now()): boolean {
  return now - lastDeed < ATTENDED_MS;
}
