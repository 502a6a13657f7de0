import { OctagonX } from "lucide-react";
import { Button } from "@/components/Button";

/** One click from everywhere; what it stops is chosen in its dialog. */
export function StopButton({ onStop }: { onStop: () => void }) {
  return (
    <Button kind="stop" onClick={onStop} aria-keyshortcuts="Shift+H">
      <OctagonX size={17} aria-hidden="true" />
      Stop
    </Button>
  );
}
