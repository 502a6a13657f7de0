import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { answer, api } from "@/api/client";
import { useAction } from "@/api/queries";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { CheckField, Field } from "@/components/Field";
import { Failure } from "@/components/States";
import { announce } from "@/hooks/announcements";
import styles from "./BrokerPanel.module.css";
import type { Breaker } from "./brokers";

interface Props {
  breaker: Breaker;
  isOpen: boolean;
  onClose: () => void;
}

/** Change the operator's thresholds of one account. */
export function BreakerDialog({ breaker, isOpen, onClose }: Props) {
  return (
    <Dialog title={`Circuit breaker of ${breaker.broker}`} isOpen={isOpen} onClose={onClose}>
      <BreakerForm breaker={breaker} onDone={onClose} />
    </Dialog>
  );
}

function BreakerForm({ breaker, onDone }: { breaker: Breaker; onDone: () => void }) {
  const client = useQueryClient();
  const mine = breaker.thresholds.find(({ source }) => source === "operator");
  const [stop, setStop] = useState(mine?.glb_sl ?? breaker.glb_sl ?? "");
  const [profit, setProfit] = useState(mine?.glb_tp ?? breaker.glb_tp ?? "");
  const [base, setBase] = useState(mine?.base_equity ?? breaker.base_equity ?? "");
  const [isActive, setIsActive] = useState(breaker.active);
  const [closes, setCloses] = useState(breaker.liquidate_on_tp);
  const note = useId();
  const save = useAction(
    () =>
      answer(
        api.PUT("/api/circuit-breaker", {
          body: {
            broker: breaker.broker,
            glb_sl: stop === "" ? null : stop,
            glb_tp: profit === "" ? null : profit,
            ...(base === "" ? {} : { base_equity: base }),
            active: isActive,
            liquidate_on_tp: closes,
          },
        }),
      ),
    {
      onDone: () => {
        void client.invalidateQueries({ queryKey: ["brokers"] });
        announce("The circuit breaker is changed.");
        onDone();
      },
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!save.isPending) {
      save.mutate(undefined);
    }
  };
  const wrong = save.error?.fields ?? {};
  return (
    <form className="stack" onSubmit={submit} aria-describedby={note}>
      <p id={note} className="soft">
        At the lower threshold everything is closed and bots may only leave positions. Saving arms it anew.
      </p>
      <CheckField label="Armed" checked={isActive} onChange={(event) => setIsActive(event.target.checked)} />
      <div className={styles.fields}>
        <Field
          label="Lower threshold"
          unit="of base"
          help="0.80 closes everything at 80 % of the base equity."
          inputMode="decimal"
          value={stop}
          onChange={(event) => setStop(event.target.value)}
          error={wrong.glb_sl?.join(" ")}
        />
        <Field
          label="Upper threshold"
          unit="of base"
          help="1.20 is reached at 120 %. Empty: none."
          inputMode="decimal"
          value={profit}
          onChange={(event) => setProfit(event.target.value)}
          error={wrong.glb_tp?.join(" ")}
        />
        <Field
          label="Base equity"
          help="Empty: what the account is worth now."
          inputMode="decimal"
          value={base}
          onChange={(event) => setBase(event.target.value)}
          error={wrong.base_equity?.join(" ")}
        />
      </div>
      <CheckField
        label="Close everything at the upper threshold too"
        checked={closes}
        onChange={(event) => setCloses(event.target.checked)}
      />
      {save.isError && <Failure error={save.error} />}
      <div className="row">
        <Button type="submit" kind="primary" operatorOnly isPending={save.isPending}>
          Save
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </form>
  );
}
