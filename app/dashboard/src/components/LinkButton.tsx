import type { ReactNode } from "react";
import { Link } from "react-router";
import styles from "./Button.module.css";

/** A link that looks like a button: it goes somewhere and changes nothing. */
export function LinkButton({
  to,
  kind = "plain",
  size = "normal",
  children,
}: {
  to: string;
  kind?: "plain" | "primary" | "quiet";
  size?: "small" | "normal";
  children: ReactNode;
}) {
  return (
    <Link to={to} className={[styles.button, styles[kind], styles[size]].filter(Boolean).join(" ")}>
      {children}
    </Link>
  );
}
