import { useSyncExternalStore } from "react";
import { answerChallenge, openChallenge, subscribeToChallenges } from "@/api/challenges";
import { Dialog } from "@/components/Dialog";
import { useSignIn } from "@/hooks/useSession";
import { TokenForm } from "./TokenForm";

/** Asks what the server asked in the middle of a call; the page below keeps what was typed. */
export function Challenges() {
  const challenge = useSyncExternalStore(subscribeToChallenges, openChallenge);
  const signIn = useSignIn();
  return (
    <>
      <Dialog title="Your session has ended" isOpen={challenge === "sign-in"}>
        <p>Nothing you typed is lost. Sign in again and it goes on where it was.</p>
        <TokenForm
          action="Sign in"
          onToken={async (token) => {
            await signIn({ token });
            answerChallenge("");
          }}
        />
      </Dialog>
      <Dialog
        title="Once more, your token"
        isOpen={challenge === "token-again"}
        onClose={() => answerChallenge(null)}
      >
        <p>This can move real money, so it asks for the operator's token again.</p>
        <TokenForm
          action="Go on"
          onToken={async (token) => answerChallenge(token)}
          onCancel={() => answerChallenge(null)}
        />
      </Dialog>
    </>
  );
}
