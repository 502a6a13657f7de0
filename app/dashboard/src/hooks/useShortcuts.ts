import { useEffect, useRef } from "react";
import { useSetting } from "./useSetting";

/** What a key, or two in a row ("g h"), does. */
export type Shortcuts = Record<string, () => void>;

const SECOND_KEY_WITHIN_MS = 1200;
const TYPED_INTO = "input, textarea, select, [contenteditable]";

/** Name a key press as shortcuts are written: "h", "?", "Shift+H". */
export function nameOfKey(event: KeyboardEvent): string {
  return event.shiftKey && /^[A-Z]$/.test(event.key) ? `Shift+${event.key}` : event.key;
}

function isTyping(event: KeyboardEvent): boolean {
  return event.target instanceof Element && event.target.closest(TYPED_INTO) !== null;
}

/** Listen for single keys, never while something is typed or a dialog is open. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const [isOn] = useSetting("shortcuts");
  const current = useRef(shortcuts);
  useEffect(() => {
    current.current = shortcuts;
  });
  useEffect(() => {
    if (!isOn) {
      return;
    }
    let first = { key: "", at: 0 };
    const onKey = (event: KeyboardEvent) => {
      const isChord = event.ctrlKey || event.metaKey || event.altKey;
      if (isChord || event.defaultPrevented || isTyping(event) || document.querySelector("dialog[open]")) {
        return;
      }
      const key = nameOfKey(event);
      const isSecond = first.key !== "" && event.timeStamp - first.at < SECOND_KEY_WITHIN_MS;
      const act = (isSecond ? current.current[`${first.key} ${key}`] : undefined) ?? current.current[key];
      first = { key, at: event.timeStamp };
      if (act) {
        event.preventDefault();
        first = { key: "", at: 0 };
        act();
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [isOn]);
}
