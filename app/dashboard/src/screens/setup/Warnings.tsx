import { TriangleAlert } from "lucide-react";
import { Code } from "@/components/Code";
import type { Warning } from "./addresses";
import styles from "./SetupScreen.module.css";

/** What would keep an alert from arriving, each with what to do. */
export function Warnings({ warnings }: { warnings: readonly Warning[] }) {
  if (warnings.length === 0) {
    return null;
  }
  return (
    <ul className={styles.warnings} aria-label="Worth a look">
      {warnings.map(({ id, text, command }) => (
        <li key={id} className={styles.warning}>
          <TriangleAlert size={16} aria-hidden="true" />
          <div>
            <p>{text}</p>
            {command && <Code text={command} what="tunnel's command" isLine />}
          </div>
        </li>
      ))}
    </ul>
  );
}
