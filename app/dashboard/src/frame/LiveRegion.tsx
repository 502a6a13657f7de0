import { useSyncExternalStore } from "react";
import { announced, subscribeToAnnouncements } from "@/hooks/announcements";

/** Where `announce` is read aloud. */
export function LiveRegion() {
  const text = useSyncExternalStore(subscribeToAnnouncements, announced);
  return (
    <p className="visually-hidden" role="status" aria-live="polite">
      {text}
    </p>
  );
}
