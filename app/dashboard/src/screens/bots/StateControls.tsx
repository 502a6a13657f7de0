import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { answer, api } from "@/api/client";
import { useAction } from "@/api/queries";
import { Button } from "@/components/Button";
import { Confirm } from "@/components/Confirm";
import { Dialog } from "@/components/Dialog";
import { Field } from "@/components/Field";
import { Failure } from "@/components/States";
import { announce } from "@/hooks/announcements";
import { type BotCard, type BotState, STATE_WORDS } from "./bots";
import { type RadioCard, RadioCards } from "./RadioCards";

const CHOICES: readonly RadioCard<BotState>[] = [
  { value: "REDUCING", label: "Exits only", says: "Its alerts may close positions, but open none." },
  {
    value: "HALTED",
    label: "Halt",
    says: "None of its alerts trades, entry or exit. They are still received and written down.",
  },
];

type Target = Pick<BotCard, "id" | "name" | "state" | "live">;

function useSetState(bot: Target, onDone: () => void) {
  const client = useQueryClient();
  return useAction(
    ({ state, reason }: { state: BotState; reason: string }) =>
      answer(
        api.PUT("/api/bots/{bot}/trading-state", {
          params: { path: { bot: bot.id } },
          body: { state, reason: reason === "" ? null : reason },
        }),
      ),
    {
      onDone: ({ state }) => {
        for (const queryKey of [["bot-cards"], ["bot", bot.id], ["bots"], ["overview"]]) {
          void client.invalidateQueries({ queryKey });
        }
        announce(`${bot.name}: ${STATE_WORDS[state].word}.`);
        onDone();
      },
    },
  );
}

/** Pause a bot, or let it go on. */
export function StateControls({ bot, size = "normal" }: { bot: Target; size?: "small" | "normal" }) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  const isActive = bot.state === "ACTIVE";
  const label = isActive ? "Pause" : "Resume";
  return (
    <>
      <Button size={size} operatorOnly onClick={() => setIsOpen(true)} aria-label={`${label} ${bot.name}`}>
        {label}
      </Button>
      {isActive ? (
        <Dialog title={`Pause ${bot.name}`} isOpen={isOpen} onClose={close}>
          <PauseForm bot={bot} onDone={close} />
        </Dialog>
      ) : (
        <ResumeQuestion bot={bot} isOpen={isOpen} onClose={close} />
      )}
    </>
  );
}

function PauseForm({ bot, onDone }: { bot: Target; onDone: () => void }) {
  const [state, setState] = useState<BotState>("REDUCING");
  const [reason, setReason] = useState("");
  const pause = useSetState(bot, onDone);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!pause.isPending) {
      pause.mutate({ state, reason: reason.trim() });
    }
  };
  return (
    <form className="stack" onSubmit={submit}>
      <RadioCards legend="What stops" choices={CHOICES} value={state} onChoose={setState} />
      <p className="soft small">
        Stop-losses, take-profits and you keep working. Other bots are not concerned.
      </p>
      <Field
        label="Reason"
        help="Optional; stands in the log and beside the bot."
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      {pause.error && <Failure error={pause.error} />}
      <div className="row">
        <Button type="submit" kind="primary" operatorOnly isPending={pause.isPending} data-autofocus>
          {state === "HALTED" ? `Halt ${bot.name}` : `Only exits for ${bot.name}`}
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </form>
  );
}

function ResumeQuestion({ bot, isOpen, onClose }: { bot: Target; isOpen: boolean; onClose: () => void }) {
  const resume = useSetState(bot, onClose);
  return (
    <Confirm
      title={`Resume ${bot.name}?`}
      isOpen={isOpen}
      action={`Resume ${bot.name}`}
      isPending={resume.isPending}
      failure={resume.error}
      onConfirm={() => resume.mutate({ state: "ACTIVE", reason: "" })}
      onClose={onClose}
    >
      <p>Its very next alert may enter again. Alerts that were refused meanwhile stay refused.</p>
      {bot.live && <p>It may use real money, so you may be asked for your token.</p>}
    </Confirm>
  );
}
