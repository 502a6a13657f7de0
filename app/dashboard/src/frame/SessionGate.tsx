import { type ReactNode, useState } from "react";
import { LoadFailed, Loading } from "@/components/States";
import { useSession } from "@/hooks/useSession";
import { SignInScreen } from "./SignInScreen";
import { takeStartCode } from "./startCode";

/** Shows the page to whoever is signed in, else the way in. */
export function SessionGate({ children }: { children: ReactNode }) {
  const [start] = useState(takeStartCode);
  const session = useSession();
  if (session.isPending) {
    return <Loading what="Gatehouse" />;
  }
  if (session.isError) {
    return <LoadFailed what="Gatehouse" error={session.error} retry={() => void session.refetch()} />;
  }
  return session.data === null ? <SignInScreen start={start} /> : children;
}
