import { CircleAlert, CircleCheck } from "lucide-react";
import { Button } from "@/components/Button";
import { CopyButton } from "@/components/CopyButton";
import { TextField } from "@/components/Field";
import { Panel } from "@/components/Panel";
import { Warnings } from "../Warnings";
import styles from "./Builder.module.css";
import { type Checked, messageWarnings } from "./checks";
import type { Sample, Source } from "./sources";

interface MessageProps {
  /** With its secret, as it is copied. */
  message: string;
  checked: Checked;
  sample: Sample;
  source: Source;
  secret: string;
  largest: number;
  isEdited: boolean;
  onChange: (message: string) => void;
  onReset: () => void;
}

/** The exact message, which may be changed by hand, and what is wrong with it. */
export function MessagePanel({ message, checked, isEdited, onChange, onReset, ...facts }: MessageProps) {
  return (
    <Panel
      title="Message"
      aside={
        <span className="row">
          {isEdited && (
            <Button size="small" onClick={onReset}>
              Back to the template
            </Button>
          )}
          <CopyButton text={message} what="message" />
        </span>
      }
    >
      <div className={styles.message}>
        <TextField
          label="The message, as it is pasted"
          value={message}
          rows={message.split("\n").length + 1}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange(event.target.value)}
        />
        <p role="status" className={styles.verdict}>
          {checked.error === null ? (
            <>
              <CircleCheck size={16} aria-hidden="true" className="gain" />{" "}
              {checked.line === null ? "Valid JSON" : "A line of text"}
            </>
          ) : (
            <>
              <CircleAlert size={16} aria-hidden="true" className="loss" /> {checked.error}
            </>
          )}
        </p>
      </div>
      <Warnings warnings={messageWarnings({ message, ...facts })} />
    </Panel>
  );
}
