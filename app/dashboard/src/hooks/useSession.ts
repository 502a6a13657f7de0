import { type UseQueryResult, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api, done, type Schema } from "@/api/client";
import { type ApiError, asApiError } from "@/api/errors";

type Session = Schema<"Session">;

const KEY = ["session"] as const;

async function readSession(): Promise<Session | null> {
  try {
    return await answer(api.GET("/api/session"));
  } catch (error) {
    const told = asApiError(error);
    if (told.status === 401) {
      return null;
    }
    throw told;
  }
}

/** Who is signed in; null: nobody. Not asked for while something else will tell. */
export function useSession({ isAsked = true } = {}): UseQueryResult<Session | null, ApiError> {
  return useQuery<Session | null, ApiError>({ queryKey: KEY, queryFn: readSession, enabled: isAsked });
}

/** Sign in, with the token or with the code of the printed link. */
export function useSignIn(): (how: { token: string } | { start: string }) => Promise<Session> {
  const client = useQueryClient();
  return async (how) => {
    const session = await answer(api.POST("/api/session", { body: how }));
    client.setQueryData(KEY, session);
    return session;
  };
}

/** Sign out, here or on every device, and forget everything that was read. */
export function useSignOut(): (where: { everywhere: boolean }) => Promise<void> {
  const client = useQueryClient();
  return async ({ everywhere }) => {
    await done(api.DELETE("/api/session", { params: { query: everywhere ? { everywhere } : {} } }));
    client.clear();
    forgetTab();
    location.assign("/");
  };
}

// Secrets that were pasted into the alert builder are there.
function forgetTab(): void {
  try {
    sessionStorage.clear();
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

/** True for a session that may change things; while it is not known, nothing may be pressed. */
export function useIsOperator(): boolean {
  // Only what is known counts: a button that asked anew would ask for ever where the question has failed.
  return useSession({ isAsked: false }).data?.role === "operator";
}
