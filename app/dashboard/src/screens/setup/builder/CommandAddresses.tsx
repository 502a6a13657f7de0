import { Code } from "@/components/Code";
import styles from "./Builder.module.css";
import { type Bot, commandAddresses, SECRET } from "./sources";

/** Every address of bot commands, for programs and for looking. */
export function CommandAddresses({ bot, base, secret }: { bot: Bot; base: string; secret: string }) {
  return (
    <details className={styles.fold}>
      <summary>All addresses of bot commands</summary>
      <ul className="stack">
        {commandAddresses(bot).map(([method, path, what]) => (
          <li key={`${method} ${path}`}>
            <p className="small">
              <strong>{method}</strong> {what}
            </p>
            <Code text={base + path.replace(SECRET, secret || SECRET)} what={`address: ${what}`} isLine />
          </li>
        ))}
      </ul>
    </details>
  );
}
