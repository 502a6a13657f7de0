import type { ButtonHTMLAttributes, ReactNode } from "react";
import { useIsOperator } from "@/hooks/useSession";
import styles from "./Button.module.css";

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "disabled"> {
  kind?: "plain" | "primary" | "stop" | "quiet";
  size?: "small" | "normal";
  /** It waits for an answer: shown as busy, and a second press does nothing. */
  isPending?: boolean;
  /** Why it cannot be pressed now; said beside it to whoever asks. */
  unavailable?: string | undefined;
  /** It changes something, which a viewer may not. */
  operatorOnly?: boolean;
  /** It has the focus when its dialog opens. */
  "data-autofocus"?: boolean;
  children: ReactNode;
}

/** A button that stays focusable while it cannot be pressed, and says why. */
export function Button({
  kind = "plain",
  size = "normal",
  isPending = false,
  unavailable,
  operatorOnly = false,
  type = "button",
  className,
  onClick,
  children,
  ...rest
}: ButtonProps) {
  const isOperator = useIsOperator();
  const reason =
    unavailable ?? (operatorOnly && !isOperator ? "Viewers may look, but change nothing." : undefined);
  const isOff = isPending || reason !== undefined;
  return (
    <button
      {...rest}
      type={isOff && type === "submit" ? "button" : type}
      className={[styles.button, styles[kind], styles[size], className].filter(Boolean).join(" ")}
      aria-disabled={isOff || undefined}
      aria-busy={isPending || undefined}
      title={reason ?? rest.title}
      onClick={isOff ? undefined : onClick}
    >
      {children}
      {reason !== undefined && <span className="visually-hidden"> ({reason})</span>}
    </button>
  );
}
