import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import styles from "./Dialog.module.css";

interface DialogProps {
  title: string;
  isOpen: boolean;
  /** Escape, the cross or a click beside it. Left out: it must be answered. */
  onClose?: (() => void) | undefined;
  children: ReactNode;
  /** Buttons at its foot. */
  actions?: ReactNode;
  size?: "normal" | "wide";
}

/** A native modal dialog: the browser keeps the focus inside and gives it back. */
export function Dialog({ title, isOpen, onClose, children, actions, size = "normal" }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    if (isOpen && element && !element.open) {
      element.showModal();
      // The browser would take the cross; what the dialog is for comes first.
      element.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    }
    return () => element?.close();
  }, [isOpen]);
  if (!isOpen) {
    return null;
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it too, as `cancel`.
    <dialog
      ref={dialog}
      className={`${styles.dialog} ${styles[size]}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) {
          onClose?.();
        }
      }}
    >
      <div className={styles.inside}>
        <header className={styles.header}>
          <h2 id={heading}>{title}</h2>
          {onClose && (
            <button type="button" className={styles.close} onClick={onClose} aria-label="Close">
              <X size={18} aria-hidden="true" />
            </button>
          )}
        </header>
        <div className={styles.body}>{children}</div>
        {actions && <footer className={styles.actions}>{actions}</footer>}
      </div>
    </dialog>
  );
}
