/** The four states of a list that are not its rows: empty, loading, failed, stale. */

import { CircleAlert, CloudOff, Inbox } from "lucide-react";
import type { ReactNode } from "react";
import { type ApiError, asApiError } from "@/api/errors";
import { Button } from "./Button";
import styles from "./States.module.css";
import { Age } from "./Time";

/** Nothing is there yet: says why, and what would bring something. */
export function EmptyState({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={styles.empty}>
      <Inbox size={26} strokeWidth={1.5} aria-hidden="true" />
      <p className={styles.title}>{title}</p>
      {children && <p className="soft">{children}</p>}
      {action}
    </div>
  );
}

/** Something is being read: shown only after a moment, so that quick answers do not flicker. */
export function Loading({ what }: { what: string }) {
  return (
    <div className={styles.loading} role="status" aria-busy="true">
      <span className="visually-hidden">Loading {what} …</span>
      <span className={styles.bar} />
      <span className={styles.bar} />
      <span className={styles.bar} />
    </div>
  );
}

/** What went wrong and what to do, in the place where it was asked for. */
export function Failure({ error, action }: { error: ApiError; action?: ReactNode }) {
  return (
    <div className={styles.failure} role="alert">
      <CircleAlert size={18} aria-hidden="true" />
      <div className={styles.words}>
        <p>
          <strong>{error.message}</strong>
        </p>
        <p>{error.cure}</p>
        <p className="small soft">
          {error.code}
          {error.requestId && ` · request ${error.requestId}`}
        </p>
      </div>
      {action}
    </div>
  );
}

/** A list could not be read: what happened, what to do, and a button that reads it again. */
export function LoadFailed({ what, error, retry }: { what: string; error: unknown; retry: () => void }) {
  return (
    <div className={styles.failed}>
      <p className={styles.title}>{`${what} could not be read.`}</p>
      <Failure error={asApiError(error)} action={<Button onClick={retry}>Try again</Button>} />
    </div>
  );
}

/** These figures are from earlier: why, and how old they are. */
export function Stale({ at, children }: { at: string | null | undefined; children: ReactNode }) {
  return (
    <p className={styles.stale}>
      <CloudOff size={16} aria-hidden="true" />
      <span>
        {children} {at && "These figures are from "}
        {at && <Age at={at} />}
        {at && "."}
      </span>
    </p>
  );
}
