import { CloudOff } from "lucide-react";
import { useEffect } from "react";
import { useAskNow, useContact } from "@/api/changes";
import { Button } from "@/components/Button";
import { Time } from "@/components/Time";
import { announce } from "@/hooks/announcements";
import styles from "./ContactBanner.module.css";

/** Says since when Gatehouse does not answer; the figures below are from then. */
export function ContactBanner() {
  const contact = useContact();
  const askNow = useAskNow();
  useEffect(() => {
    if (contact.isLost) {
      announce("No contact with Gatehouse.");
    }
  }, [contact.isLost]);
  if (!contact.isLost) {
    return null;
  }
  return (
    <div className={styles.banner}>
      <CloudOff size={18} aria-hidden="true" />
      <p>
        <strong>No contact with Gatehouse</strong>
        {contact.heardAt > 0 && (
          <>
            {" since "}
            <Time at={new Date(contact.heardAt).toISOString()} show="time" withZone />. Figures are from then.
          </>
        )}{" "}
        Stops and targets at the broker keep working.
      </p>
      <Button size="small" onClick={askNow}>
        Try now
      </Button>
    </div>
  );
}
