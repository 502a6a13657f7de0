import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";

/** A filter's name and what it is without a choice; a filter at its default is not in the address. */
type Defaults = Record<string, string>;

type Filters<D extends Defaults> = { readonly [Name in keyof D]: string };

interface FilterState<D extends Defaults> {
  filters: Filters<D>;
  /** Change some filters; a new address, so that *back* undoes it (`replace` for typing). */
  set: (changes: Partial<Filters<D>>, options?: { replace?: boolean }) => void;
  clear: () => void;
  /** Whether any filter differs from its default. */
  isFiltered: boolean;
}

/** Keep a screen's filters in its address: a link shows the same thing to everybody. */
export function useFilters<const D extends Defaults>(defaults: D): FilterState<D> {
  const [search, setSearch] = useSearchParams();
  // The defaults are a literal in the caller; their text is what they are.
  const shape = JSON.stringify(defaults);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for `defaults`.
  const filters = useMemo(() => readFilters(defaults, search), [shape, search]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for `defaults`.
  const set = useCallback(
    (changes: Partial<Filters<D>>, { replace = false }: { replace?: boolean } = {}) => {
      setSearch((before) => writeFilters(defaults, before, changes), { replace });
    },
    [shape, setSearch],
  );

  const clear = useCallback(() => set(defaults), [set, defaults]);
  const isFiltered = Object.entries(defaults).some(([name, value]) => filters[name] !== value);
  return { filters, set, clear, isFiltered };
}

function readFilters<D extends Defaults>(defaults: D, search: URLSearchParams): Filters<D> {
  const found: Filters<D> = { ...defaults };
  const chosen = Object.keys(defaults).flatMap((name) => {
    const value = search.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return Object.assign(found, Object.fromEntries(chosen));
}

function writeFilters(
  defaults: Defaults,
  before: URLSearchParams,
  changes: Defaults | object,
): URLSearchParams {
  const after = new URLSearchParams(before);
  for (const [name, value] of Object.entries(changes)) {
    if (typeof value !== "string" || value === "" || value === defaults[name]) {
      after.delete(name);
    } else {
      after.set(name, value);
    }
  }
  return after;
}
