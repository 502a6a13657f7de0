import { useEffect, useRef } from "react";
import { type ApiError, asApiError } from "@/api/errors";
import { Loading } from "@/components/States";
import { useSignIn } from "@/hooks/useSession";

/** Signs in with the code of the printed link. */
export function StartLink({ code, onRefused }: { code: string; onRefused: (error: ApiError) => void }) {
  const signIn = useSignIn();
  const isPosted = useRef(false);
  useEffect(() => {
    // A code works once; an effect that runs twice must not use it up.
    if (!isPosted.current) {
      isPosted.current = true;
      signIn({ start: code }).catch((error: unknown) => onRefused(asApiError(error)));
    }
  }, [code, signIn, onRefused]);
  return <Loading what="your session" />;
}
