/** Server state: one client of react-query, and queries that name the topics which make them old. */

import {
  keepPreviousData,
  QueryClient,
  type QueryKey,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
} from "@tanstack/react-query";
import type { Topic } from "./changes";
import { type ApiError, asApiError } from "./errors";

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: ApiError;
    queryMeta: { topics?: readonly Topic[] };
  }
}

/** Make the one client; what was read stays true until `/api/changes` says otherwise. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        // While contact is lost the poll says so; a query tries again when contact is back.
        retry: (failures, error) => error.status >= 500 && failures < 2,
        refetchOnWindowFocus: false,
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
}

interface Live<Data> {
  key: QueryKey;
  /** What makes it old; it is read again when one of these moves. */
  topics: readonly Topic[];
  read: () => Promise<Data>;
  enabled?: boolean;
  /** Read again after so many milliseconds too, for what moves without a write (prices). */
  everyMs?: number;
  /** Keep showing the rows of the last filter until those of the next are there. */
  keepPrevious?: boolean;
}

/** Read something from the server and keep it true. */
export function useLive<Data>({
  key,
  topics,
  read,
  enabled = true,
  everyMs,
  keepPrevious = false,
}: Live<Data>): UseQueryResult<Data, ApiError> {
  return useQuery<Data, ApiError>({
    queryKey: key,
    queryFn: read,
    enabled,
    meta: { topics },
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
    ...(keepPrevious ? { placeholderData: keepPreviousData } : {}),
  });
}

/** Change something on the server. The button that calls it is disabled while `isPending`. */
export function useAction<Input, Output>(
  act: (input: Input) => Promise<Output>,
  { onDone }: { onDone?: (output: Output) => void } = {},
): UseMutationResult<Output, ApiError, Input> {
  return useMutation<Output, ApiError, Input>({
    mutationFn: async (input) => {
      try {
        return await act(input);
      } catch (error) {
        throw asApiError(error);
      }
    },
    ...(onDone ? { onSuccess: onDone } : {}),
  });
}
