import { useState } from "react";
import { Button } from "@/components/Button";
import { Code } from "@/components/Code";
import { Panel } from "@/components/Panel";
import { asCurl, asPython } from "./snippets";

const LANGUAGES = { curl: asCurl, Python: asPython } as const;
const NAMES = ["curl", "Python"] as const satisfies readonly (keyof typeof LANGUAGES)[];

/** The message as a program sends it. */
export function Snippets({ address, message, secret }: { address: string; message: string; secret: string }) {
  const [name, setName] = useState<(typeof NAMES)[number]>("curl");
  return (
    <Panel
      title="Program"
      hint="Send the same again only after a 5xx: then nothing was stored."
      aside={
        <span className="row">
          {NAMES.map((one) => (
            <Button key={one} size="small" aria-pressed={one === name} onClick={() => setName(one)}>
              {one}
            </Button>
          ))}
        </span>
      }
    >
      <Code text={LANGUAGES[name](address, message, secret)} what={`${name} program`} />
    </Panel>
  );
}
