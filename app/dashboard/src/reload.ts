const KEY = "gatehouse.reloaded";
const AT_MOST_EVERY_MS = 60_000;

/**
 * Reload once when a part of the page is gone: a deploy has replaced it while the page was open.
 *
 * Guarded by time, so that a server without the part is not asked for ever.
 */
export function reloadAfterDeploy(): void {
  window.addEventListener("vite:preloadError", (event) => {
    const last = Number(sessionStorage.getItem(KEY) ?? "0");
    if (Date.now() - last > AT_MOST_EVERY_MS) {
      event.preventDefault();
      sessionStorage.setItem(KEY, String(Date.now()));
      location.reload();
    }
  });
}
