import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { announce } from "@/hooks/announcements";
import { Button } from "./Button";

const SHOWN_MS = 2000;

type Outcome = "copied" | "failed" | null;

/** Copy a text; says whether it worked, since browsers refuse without a word. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [outcome, setOutcome] = useState<Outcome>(null);
  useEffect(() => {
    if (outcome === null) {
      return;
    }
    const timer = setTimeout(() => setOutcome(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  const copy = async () => {
    const isCopied = await copyText(text);
    setOutcome(isCopied ? "copied" : "failed");
    announce(isCopied ? `${what} copied` : `${what} could not be copied: select it and copy it by hand`);
  };

  return (
    <Button size="small" onClick={() => void copy()} aria-label={`Copy ${what}`}>
      {outcome === "copied" ? <Check size={15} aria-hidden="true" /> : <Copy size={15} aria-hidden="true" />}
      {outcome === "copied" ? "Copied" : outcome === "failed" ? "Select it by hand" : "Copy"}
    </Button>
  );
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

// Plain http on a local network has no clipboard; a selection can be copied there.
function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", "");
  area.className = "visually-hidden";
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const isCopied = document.execCommand?.("copy") ?? false;
  area.remove();
  return isCopied;
}
