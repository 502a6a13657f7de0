import { useLeaveGuard } from "@/hooks/useLeaveGuard";
import { Button } from "./Button";
import { Dialog } from "./Dialog";

/** Asks before what was typed and not saved is left behind. */
export function LeaveQuestion({ isDirty, what }: { isDirty: boolean; what: string }) {
  const guard = useLeaveGuard(isDirty);
  return (
    <Dialog
      title="Leave without saving?"
      isOpen={guard.isAsking}
      onClose={guard.stay}
      actions={
        <>
          <Button onClick={guard.leave}>Leave without saving</Button>
          <Button kind="primary" onClick={guard.stay} data-autofocus>
            Stay here
          </Button>
        </>
      }
    >
      <p>{what}</p>
    </Dialog>
  );
}
