import { useEffect, useRef, useState } from "react";

const READING_BELOW_PX = 160;

/**
 * Keep a list in its place while somebody reads further down: what is new is counted, not pushed in.
 *
 * Rows that are shown already take up their changes at once.
 */
export function useHeldRows<Row extends { id: string }>(rows: readonly Row[], list: string) {
  const [since, setSince] = useState<readonly string[] | null>(null);
  const shown = useRef<readonly string[]>([]);
  const ids = rows.map((row) => row.id);
  const held = since === null ? [] : ids.filter((id) => !since.includes(id));
  const isHolding = since !== null && held.length > 0;
  const visible = isHolding ? rows.filter((row) => since.includes(row.id)) : rows;
  useEffect(() => {
    shown.current = visible.map((row) => row.id);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins anew.
  useEffect(() => {
    const look = () =>
      setSince(window.scrollY > READING_BELOW_PX ? (before) => before ?? shown.current : null);
    look();
    window.addEventListener("scroll", look, { passive: true });
    return () => window.removeEventListener("scroll", look);
  }, [list]);
  return { visible, held: held.length, release: () => setSince(null) };
}
