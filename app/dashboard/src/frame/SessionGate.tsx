import { type ReactNode, useState } from "react";
import type { ApiError } from "@/api/errors";
import { LoadFailed, Loading } from "@/components/States";
import { useSession } from "@/hooks/useSession";
import { PlainStop } from "./PlainStop";
import { SignInScreen } from "./SignInScreen";
import { StartLink } from "./StartLink";
import { takeStartCode } from "./startCode";

/** Shows the page to whoever is signed in, else the way in. */
export function SessionGate({ children }: { children: ReactNode }) {
  const [start, setStart] = useState(takeStartCode);
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  const session = useSession({ isAsked: start === null });
  if (start !== null && !session.data) {
    // A link that is used up does no harm to who is signed in already.
    const refused = (error: ApiError) => {
      setRefusal(error);
      setStart(null);
    };
    return <StartLink code={start} onRefused={refused} />;
  }
  if (session.isPending) {
    return <Loading what="Gatehouse" />;
  }
  if (session.isError) {
    return (
      <main className="stack">
        <h1 className="visually-hidden">Gatehouse</h1>
        <LoadFailed what="Gatehouse" error={session.error} retry={() => void session.refetch()} />
        <PlainStop />
      </main>
    );
  }
  return session.data === null ? <SignInScreen refusal={refusal} /> : children;
}
