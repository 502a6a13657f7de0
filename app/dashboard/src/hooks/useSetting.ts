/** What this browser prefers: theme, time zone, shortcuts. Nothing here is about trading. */

import { useCallback, useSyncExternalStore } from "react";
import { ZONES, type Zone } from "@/format/times";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

interface Settings {
  theme: Theme;
  zone: Zone;
  shortcuts: boolean;
  /** Updates are paused until the page is loaded again. */
  paused: boolean;
}

const DEFAULTS: Settings = { theme: "system", zone: "browser", shortcuts: true, paused: false };
const KEY = "gatehouse.preferences";

let settings: Settings = read();
const listeners = new Set<() => void>();

function oneOf<T extends string>(words: readonly T[], value: unknown, otherwise: T): T {
  return words.find((word) => word === value) ?? otherwise;
}

function read(): Settings {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    const fields: Record<string, unknown> = typeof kept === "object" && kept !== null ? { ...kept } : {};
    return {
      ...DEFAULTS,
      theme: oneOf(THEMES, fields.theme, DEFAULTS.theme),
      zone: oneOf(ZONES, fields.zone, DEFAULTS.zone),
      shortcuts: fields.shortcuts !== false,
    };
  } catch {
    return DEFAULTS;
  }
}

function change(next: Settings): void {
  settings = next;
  try {
    const { paused: _, ...kept } = next;
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing still works; the choice lasts as long as the page.
  }
  showTheme();
  for (const listener of listeners) {
    listener();
  }
}

/** Show the chosen theme; the style sheet does the rest. */
export function showTheme(): void {
  document.documentElement.dataset.theme = settings.theme;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Read and set one preference. */
export function useSetting<Name extends keyof Settings>(
  name: Name,
): [Settings[Name], (value: Settings[Name]) => void] {
  const value = useSyncExternalStore(subscribe, () => settings[name]);
  const set = useCallback(
    (next: Settings[Name]) => {
      change({ ...settings, [name]: next });
    },
    [name],
  );
  return [value, set];
}
