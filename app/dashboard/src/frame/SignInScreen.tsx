import { DoorOpen } from "lucide-react";
import type { ApiError } from "@/api/errors";
import { Failure } from "@/components/States";
import { useSignIn } from "@/hooks/useSession";
import { useTitle } from "@/hooks/useTitle";
import { Logo } from "./Logo";
import { PlainStop } from "./PlainStop";
import styles from "./SignInScreen.module.css";
import { TokenForm } from "./TokenForm";

/** The way in: the token is pasted; whoever has none at hand has a link printed. */
export function SignInScreen({ refusal }: { refusal: ApiError | null }) {
  useTitle("Sign in");
  const signIn = useSignIn();
  return (
    <main className={styles.page}>
      <section className={styles.card}>
        <header className={styles.header}>
          <Logo />
          <h1>Sign in to Gatehouse</h1>
          <p className="soft">Your alerts, your orders, and every reason why.</p>
        </header>
        {refusal && <Failure error={refusal} />}
        <TokenForm action="Sign in" onToken={(token) => signIn({ token })} />
        <div className={styles.help}>
          <DoorOpen size={18} aria-hidden="true" />
          <p>
            No token at hand? Where Gatehouse runs, <code>flask dashboard link</code> prints a link that signs
            you in. The token is the setting <code>OPERATOR_TOKEN</code>.
          </p>
        </div>
        <PlainStop />
      </section>
    </main>
  );
}
