import { DoorOpen } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { type ApiError, asApiError } from "@/api/errors";
import { Failure, Loading } from "@/components/States";
import { useSignIn } from "@/hooks/useSession";
import { useTitle } from "@/hooks/useTitle";
import { Logo } from "./Logo";
import styles from "./SignInScreen.module.css";
import { TokenForm } from "./TokenForm";

/** The way in: the printed link opens by itself, else the token is pasted. */
export function SignInScreen({ start }: { start: string | null }) {
  useTitle("Sign in");
  const signIn = useSignIn();
  const [failure, setFailure] = useState<ApiError | null>(null);
  const [isOpening, setIsOpening] = useState(start !== null);
  const isPosted = useRef(false);
  useEffect(() => {
    // A code works once; an effect that runs twice must not use it up.
    if (start === null || isPosted.current) {
      return;
    }
    isPosted.current = true;
    signIn({ start }).catch((error: unknown) => {
      setFailure(asApiError(error));
      setIsOpening(false);
    });
  }, [start, signIn]);

  return (
    <main className={styles.page}>
      <section className={styles.card}>
        <header className={styles.header}>
          <Logo />
          <h1>Sign in to Gatehouse</h1>
          <p className="soft">Your alerts, your orders, and every reason why.</p>
        </header>
        {isOpening ? (
          <Loading what="your session" />
        ) : (
          <>
            {failure && <Failure error={failure} />}
            <TokenForm action="Sign in" onToken={(token) => signIn({ token })} />
            <div className={styles.help}>
              <DoorOpen size={18} aria-hidden="true" />
              <p>
                No token at hand? Where Gatehouse runs, <code>flask dashboard link</code> prints a link that
                signs you in. The token is the setting <code>OPERATOR_TOKEN</code>.
              </p>
            </div>
          </>
        )}
      </section>
    </main>
  );
}
