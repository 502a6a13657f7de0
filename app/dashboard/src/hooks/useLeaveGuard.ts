import { useContext, useEffect, useRef, useState } from "react";
import { UNSAFE_NavigationContext, useLocation } from "react-router";

interface LeaveGuard {
  /** Somebody wants to leave and has not been asked yet. */
  isAsking: boolean;
  leave: () => void;
  stay: () => void;
}

// What is asked when somebody goes back or forward.
let holdBack: ((event: PopStateEvent) => void) | null = null;

/** Hear of *back* before the router does; to be called before the router is there. */
export function watchHistory(): void {
  window.addEventListener("popstate", (event) => holdBack?.(event));
}

function placeInHistory(state: unknown): number {
  return typeof state === "object" && state !== null && "idx" in state && typeof state.idx === "number"
    ? state.idx
    : 0;
}

function pathOf(to: unknown): string | undefined {
  if (typeof to === "string") {
    return new URL(to, window.location.href).pathname;
  }
  return typeof to === "object" && to !== null && "pathname" in to && typeof to.pathname === "string"
    ? to.pathname
    : undefined;
}

/**
 * Hold back whoever would leave the screen while something is typed and not saved; closing the tab is asked
 * about by the browser. Another query of the same screen is no leaving.
 *
 * The router's own blocker comes with a data router alone, which is as large as all our components.
 */
export function useLeaveGuard(isDirty: boolean): LeaveGuard {
  const { navigator } = useContext(UNSAFE_NavigationContext);
  const { pathname } = useLocation();
  const [held, setHeld] = useState<(() => void) | null>(null);
  // What was let go passes; so does the step back with which a held one is undone.
  const passes = useRef(false);

  useEffect(() => {
    if (!isDirty) {
      return;
    }
    const { push, replace } = navigator;
    const holding =
      (go: typeof push): typeof push =>
      (to, state, options) => {
        const target = pathOf(to);
        if (passes.current || target === undefined || target === pathname) {
          go.call(navigator, to, state, options);
        } else {
          setHeld(() => () => go.call(navigator, to, state, options));
        }
      };
    navigator.push = holding(push);
    navigator.replace = holding(replace);
    return () => {
      navigator.push = push;
      navigator.replace = replace;
    };
  }, [isDirty, navigator, pathname]);

  useEffect(() => {
    if (!isDirty) {
      return;
    }
    let place = placeInHistory(window.history.state);
    const onPop = (event: PopStateEvent) => {
      const next = placeInHistory(event.state);
      if (passes.current || window.location.pathname === pathname) {
        place = next;
        passes.current = false;
        return;
      }
      event.stopImmediatePropagation();
      const distance = next - place;
      passes.current = true;
      window.history.go(-distance);
      setHeld(() => () => window.history.go(distance));
    };
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    holdBack = onPop;
    window.addEventListener("beforeunload", onUnload);
    return () => {
      holdBack = null;
      window.removeEventListener("beforeunload", onUnload);
    };
  }, [isDirty, pathname]);

  return {
    isAsking: held !== null,
    leave: () => {
      passes.current = true;
      setHeld(null);
      held?.();
    },
    stay: () => setHeld(null),
  };
}
