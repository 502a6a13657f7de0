import { Code } from "@/components/Code";
import styles from "./Builder.module.css";
import type { Source } from "./sources";

/** What to choose on each tab of TradingView's alert dialog. */
export function DialogAdvice({ sender, address }: { sender: Source["sender"]; address: string }) {
  return (
    <ol className={styles.advice}>
      <li>
        <h3>Settings</h3>
        {sender === "strategy" ? (
          <p>
            Condition: your strategy. It fires for each of its orders; let the strategy calculate on bar
            close, or orders of a bar that is not over yet will come and go.
          </p>
        ) : (
          <p>
            Condition: what shall be acted on. Trigger: <strong>Once per bar close</strong>; the others fire
            while the bar still moves.
          </p>
        )}
        <p>
          Expiration: <strong>Open-ended</strong>, or the longest that your plan has. An alert that expires
          says nothing.
        </p>
      </li>
      <li>
        <h3>Message</h3>
        <p>
          Delete what stands there and paste the message from above, from the first {"{"} to the last {"}"}.
        </p>
      </li>
      <li>
        <h3>Notifications</h3>
        <p>Switch on Webhook URL (your account needs two-factor sign-in for it) and paste:</p>
        <Code text={address} what="webhook URL for TradingView" isLine />
      </li>
    </ol>
  );
}
