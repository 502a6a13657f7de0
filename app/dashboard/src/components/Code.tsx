import styles from "./Code.module.css";
import { CopyButton } from "./CopyButton";

interface CodeProps {
  text: string;
  /** What it is, for the copy button and screen readers: "message", "webhook address". */
  what: string;
  /** One line that is cut off rather than wrapped. */
  isLine?: boolean;
  isCopyable?: boolean;
}

/** Text for machines, with a button that copies it. */
export function Code({ text, what, isLine = false, isCopyable = true }: CodeProps) {
  return (
    <div className={`${styles.code} ${isLine ? styles.line : ""}`}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section tabIndex={0} aria-label={what}>
        <pre>
          <code>{text}</code>
        </pre>
      </section>
      {isCopyable && <CopyButton text={text} what={what} />}
    </div>
  );
}
