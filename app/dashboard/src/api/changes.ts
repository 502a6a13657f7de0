/** The poll that keeps every figure true: one cheap question, and only what changed is read again. */

import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSetting } from "@/hooks/useSetting";
import { answer, api, type Schema } from "./client";
import { ApiError } from "./errors";
import { pauseAfterFailures, pauseMs } from "./pace";

export type Changes = Schema<"Changes">;
/** What a counter of changes stands for. */
export type Topic = Changes["changed"][number];

const KEY = ["changes"] as const;
const FAILURES_UNTIL_SAID = 3;

export interface Contact {
  /** When the server was heard last, in epoch milliseconds; 0: never. */
  heardAt: number;
  /** It did not answer three times in a row. */
  isLost: boolean;
}

async function askForChanges(client: QueryClient): Promise<Changes> {
  const last = client.getQueryData<Changes>(KEY);
  const now = await answer(
    api.GET("/api/changes", { params: { query: last ? { after: last.cursor } : {} } }),
  );
  if (last && now.changed.length > 0) {
    void client.invalidateQueries({
      predicate: (query) => query.meta?.topics?.some((topic) => now.changed.includes(topic)) ?? false,
    });
  }
  // What could not be read while there was no contact is read now that there is.
  void client.refetchQueries({
    predicate: ({ state }) => state.error instanceof ApiError && state.error.isNoContact,
  });
  return now;
}

/** Whether the server is heard, and since when not; asks while anybody wants to know. */
export function useContact(): Contact {
  const client = useQueryClient();
  const [isPaused] = useSetting("paused");
  const poll = useQuery<Changes, ApiError>({
    queryKey: KEY,
    queryFn: () => askForChanges(client),
    enabled: !isPaused,
    staleTime: 0,
    // Hidden pages ask nothing; a page that is looked at again asks at once.
    refetchInterval: () => pauseMs(),
    refetchIntervalInBackground: false,
    refetchOnWindowFocus: "always",
    retry: true,
    retryDelay: (failures) => pauseAfterFailures(failures + 1),
    networkMode: "always",
  });
  return { heardAt: poll.dataUpdatedAt, isLost: poll.failureCount >= FAILURES_UNTIL_SAID };
}

/** Try at once instead of waiting for the next turn. */
export function useAskNow(): () => void {
  const client = useQueryClient();
  return () => void client.refetchQueries({ queryKey: KEY }, { cancelRefetch: true });
}
