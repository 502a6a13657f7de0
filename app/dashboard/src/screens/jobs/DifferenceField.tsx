import { TextField } from "@/components/Field";
import type { Bind } from "./wishes";

/** What is set differently, one key a line. */
export function DifferenceField({ bind, line }: { bind: Bind; line: string | undefined }) {
  const bound = bind("set");
  return (
    <TextField
      label="Set differently"
      spellCheck={false}
      placeholder={"sl_pct=0.02\npaper_slippage_pct=0.0005"}
      help="Keys of every bot, or of the simulated market (paper_cash, paper_fee_pct …): one key=value a line."
      {...bound}
      error={line === undefined ? bound.error : `“${line}” is not written as key=value.`}
    />
  );
}
