import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { answer, api, done, type Schema } from "@/api/client";
import { useAction, useLive } from "@/api/queries";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { CheckField, Field, SelectField } from "@/components/Field";
import { Failure } from "@/components/States";
import { Time } from "@/components/Time";
import { announce } from "@/hooks/announcements";
import { PlainStop } from "./PlainStop";
import styles from "./StopDialog.module.css";
import { useBots, useOverview } from "./useFrameFacts";

type State = Schema<"TradingState">["state"];

const EVERY_BOT = "";
const CHOICES = [
  {
    state: "HALTED",
    label: "Halt",
    action: (whom: string) => `Halt ${whom} now`,
    says: "No alert trades, entry or exit. Alerts are still received and written down.",
  },
  {
    state: "REDUCING",
    label: "Exits only",
    action: (whom: string) => `Only exits for ${whom} now`,
    says: "Alerts may close positions, but open none.",
  },
] as const;

interface Wish {
  state: State;
  reason: string;
  bot: string;
  ordersToCancel: readonly string[];
}

async function carryOut({ state, reason, bot, ordersToCancel }: Wish): Promise<Schema<"TradingState">> {
  const body = { state, reason: reason === "" ? null : reason };
  const now =
    bot === EVERY_BOT
      ? await answer(api.PUT("/api/trading-state", { body }))
      : await answer(api.PUT("/api/bots/{bot}/trading-state", { params: { path: { bot } }, body }));
  // Trading stands still first; then what still works at the broker is taken back, one by one.
  for (const name of ordersToCancel) {
    await done(api.DELETE("/api/orders/{name}", { params: { path: { name } } }));
  }
  return now;
}

/** Stop trading: says what stops, and what keeps working. */
export function StopDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const current = useOverview().data?.trading_state;
  return (
    <Dialog title="Stop trading" isOpen={isOpen} onClose={onClose}>
      {current && current.state !== "ACTIVE" ? (
        <Resume current={current} onDone={onClose} />
      ) : (
        <StopForm onDone={onClose} />
      )}
    </Dialog>
  );
}

function useOpenOrders(bot: string) {
  const orders = useLive({
    key: ["orders", { status: "open" }],
    topics: ["orders"],
    read: () => answer(api.GET("/api/orders", { params: { query: { status: "open" } } })),
  });
  const all = orders.data?.orders.filter((order) => bot === EVERY_BOT || order.bot === bot) ?? [];
  return {
    entries: all.filter((order) => order.role !== "exit"),
    exits: all.filter((order) => order.role === "exit"),
  };
}

function useCarryOut(onDone: () => void) {
  const client = useQueryClient();
  return useAction(carryOut, {
    onDone: (now) => {
      void client.invalidateQueries({ queryKey: ["overview"] });
      announce(now.state === "ACTIVE" ? "Trading goes on." : `Trading is ${now.state}.`);
      onDone();
    },
  });
}

function StopForm({ onDone }: { onDone: () => void }) {
  const [state, setState] = useState<State>("HALTED");
  const [reason, setReason] = useState("");
  const [bot, setBot] = useState(EVERY_BOT);
  const [isCanceling, setIsCanceling] = useState(false);
  const { entries, exits } = useOpenOrders(bot);
  const stop = useCarryOut(onDone);
  const chosen = CHOICES.find((choice) => choice.state === state) ?? CHOICES[0];

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!stop.isPending) {
      const ordersToCancel = isCanceling ? entries.map((order) => order.client_order_id) : [];
      stop.mutate({ state, reason: reason.trim(), bot, ordersToCancel });
    }
  };

  return (
    <form className="stack" onSubmit={submit}>
      <fieldset className={styles.choices}>
        <legend className="visually-hidden">What stops</legend>
        {CHOICES.map((choice) => (
          <label key={choice.state} className={styles.choice}>
            <input
              type="radio"
              name="state"
              checked={choice.state === state}
              onChange={() => setState(choice.state)}
            />
            <span>
              <strong>{choice.label}</strong>
              <span className="small soft">{choice.says}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <WhatKeepsWorking exits={exits.length} entries={entries.length} />
      {entries.length > 0 && (
        <CheckField
          label={`Cancel ${orders(entries.length)} that would still enter`}
          checked={isCanceling}
          onChange={(event) => setIsCanceling(event.target.checked)}
        />
      )}
      <div className={styles.two}>
        <BotChoice bot={bot} onBot={setBot} />
        <Field
          label="Reason"
          help="Optional; stands in the log."
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </div>
      {stop.error && (
        <>
          <Failure error={stop.error} />
          <PlainStop />
        </>
      )}
      <Button kind="stop" type="submit" operatorOnly isPending={stop.isPending} data-autofocus>
        {chosen.action(bot === EVERY_BOT ? "every bot" : bot)}
      </Button>
    </form>
  );
}

function WhatKeepsWorking({ exits, entries }: { exits: number; entries: number }) {
  return (
    <div className={styles.keeps}>
      <h3>What keeps working</h3>
      <ul>
        <li>
          Stop-losses, take-profits and the circuit breaker
          {exits > 0 && `: ${orders(exits)} at the broker`}.
        </li>
        <li>You: closing positions and canceling orders by hand.</li>
        {entries > 0 && <li>{orders(entries)} already at the broker, unless you cancel below.</li>}
      </ul>
    </div>
  );
}

function BotChoice({ bot, onBot }: { bot: string; onBot: (bot: string) => void }) {
  const bots = useBots();
  return (
    <SelectField label="For" value={bot} onChange={(event) => onBot(event.target.value)}>
      <option value={EVERY_BOT}>Every bot</option>
      {bots.data?.bots.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}

function Resume({ current, onDone }: { current: Schema<"TradingState">; onDone: () => void }) {
  const resume = useCarryOut(onDone);
  const isHalted = current.state === "HALTED";
  return (
    <div className="stack">
      <p>
        Trading is <strong>{isHalted ? "halted" : "limited to exits"}</strong>
        {current.reason && `: ${current.reason}`}.
        {current.until && (
          <>
            {" It goes on by itself at "}
            <Time at={current.until} withZone />.
          </>
        )}
      </p>
      <p>
        When you resume, the very next alert may enter again. Alerts that were refused meanwhile stay refused.
      </p>
      {resume.error && <Failure error={resume.error} />}
      <div className="row">
        <Button
          kind="primary"
          operatorOnly
          isPending={resume.isPending}
          onClick={() => resume.mutate({ state: "ACTIVE", reason: "", bot: EVERY_BOT, ordersToCancel: [] })}
        >
          Resume trading
        </Button>
        {!isHalted && (
          <Button
            kind="stop"
            operatorOnly
            isPending={resume.isPending}
            onClick={() => resume.mutate({ state: "HALTED", reason: "", bot: EVERY_BOT, ordersToCancel: [] })}
          >
            Halt everything
          </Button>
        )}
      </div>
    </div>
  );
}

function orders(count: number): string {
  return count === 1 ? "1 order" : `${count} orders`;
}
