import type { ReactNode } from "react";
import type { ApiError } from "@/api/errors";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Failure } from "./States";

interface ConfirmProps {
  title: string;
  isOpen: boolean;
  /** What will happen, in one or two sentences. */
  children: ReactNode;
  /** The button says what it does ("Close 2 AAPL"), never "OK". */
  action: string;
  isDangerous?: boolean;
  isPending?: boolean;
  failure?: ApiError | null;
  unavailable?: string | undefined;
  onConfirm: () => void;
  onClose: () => void;
}

/** Ask before something that cannot be taken back. */
export function Confirm(props: ConfirmProps) {
  const { title, isOpen, children, action, isDangerous = false, isPending = false, failure, onClose } = props;
  return (
    <Dialog
      title={title}
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind={isDangerous ? "stop" : "primary"}
            operatorOnly
            isPending={isPending}
            unavailable={props.unavailable}
            onClick={props.onConfirm}
          >
            {action}
          </Button>
        </>
      }
    >
      {children}
      {failure && <Failure error={failure} />}
    </Dialog>
  );
}
