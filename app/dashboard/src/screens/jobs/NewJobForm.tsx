import { type FormEvent, useState } from "react";
import { useAction } from "@/api/queries";
import { Button } from "@/components/Button";
import { Field, SelectField, TextField } from "@/components/Field";
import { Failure } from "@/components/States";
import { BacktestFields } from "./BacktestFields";
import { BotField } from "./BotField";
import { DifferenceField } from "./DifferenceField";
import styles from "./JobsScreen.module.css";
import { startJob } from "./jobs";
import { type Bind, EMPTY, jobOf, LARGEST, sizeOf, type Wish, wrongLine } from "./wishes";

const KINDS: readonly { kind: Wish["kind"]; label: string; says: string }[] = [
  {
    kind: "backtest",
    label: "Backtest",
    says: "Alerts of the past through today's bots, at the prices of bars. Nothing is ordered.",
  },
  {
    kind: "day",
    label: "A day once more",
    says: "All tickets of a day through what is set now. Opinions of then are repeated unless a model or a prompt asks anew.",
  },
  {
    kind: "ideas",
    label: "Trade ideas once more",
    says: "Stored opinions beside those of another model or limit.",
  },
];

/** What to play, and what shall be different. */
export function NewJobForm({
  onStarted,
  onCancel,
}: {
  onStarted: (id: string) => void;
  onCancel: () => void;
}) {
  const [wish, setWish] = useState(EMPTY);
  const start = useAction(async (wanted: Wish) => startJob(await jobOf(wanted)), {
    onDone: ({ id }) => onStarted(id),
  });
  const wrong = start.error?.fields ?? {};
  const bind: Bind = (name) => ({
    value: wish[name],
    onChange: (event) => setWish({ ...wish, [name]: event.target.value }),
    error: wrong[name]?.join(" "),
  });
  const isTooLarge = wish.kind === "backtest" && sizeOf(wish) > LARGEST;
  const line = wish.kind === "ideas" ? undefined : wrongLine(wish.set);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!start.isPending && !isTooLarge && line === undefined) {
      start.mutate(wish);
    }
  };
  return (
    <form className="stack" onSubmit={submit}>
      <SelectField
        label="What"
        data-autofocus
        value={wish.kind}
        help={KINDS.find(({ kind }) => kind === wish.kind)?.says}
        onChange={({ target }) => {
          start.reset();
          setWish({ ...wish, kind: KINDS.find(({ kind }) => kind === target.value)?.kind ?? wish.kind });
        }}
      >
        {KINDS.map(({ kind, label }) => (
          <option key={kind} value={kind}>
            {label}
          </option>
        ))}
      </SelectField>
      {wish.kind === "backtest" && (
        <BacktestFields wish={wish} bind={bind} isTooLarge={isTooLarge} onFiles={setWish} />
      )}
      {wish.kind === "day" && <DayFields wish={wish} bind={bind} />}
      {wish.kind === "ideas" ? (
        <IdeaFields wish={wish} bind={bind} />
      ) : (
        <DifferenceField bind={bind} line={line} />
      )}
      {start.isError && <Failure error={start.error} />}
      <div className="row">
        <Button type="submit" kind="primary" operatorOnly isPending={start.isPending}>
          Start
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  );
}

function DayFields({ wish, bind }: { wish: Wish; bind: Bind }) {
  const asksModel = wish.model !== "" || wish.prompt !== "";
  return (
    <>
      <div className={styles.fields}>
        <Field label="Day" unit="UTC" type="date" required {...bind("date")} />
        <BotField bind={bind} none="every bot" />
        <Field label="Model" placeholder="opinions of then" {...bind("model")} />
        <TextField
          label="Prompt"
          placeholder="version: bold-1"
          help="Asks anew; its first line is its version."
          {...bind("prompt")}
        />
      </div>
      {asksModel && (
        <p className="soft">
          A model is asked again for every ticket that had an opinion, which costs tokens.
        </p>
      )}
    </>
  );
}

function IdeaFields({ wish, bind }: { wish: Wish; bind: Bind }) {
  const asksModel = wish.model !== "" || (wish.min_confidence === "" && wish.max_notional === "");
  return (
    <>
      <div className={styles.fields}>
        <Field label="Lowest confidence" placeholder="0.80" inputMode="decimal" {...bind("min_confidence")} />
        <Field label="Most for a trade" unit="USD" inputMode="decimal" {...bind("max_notional")} />
        <Field label="Model" placeholder="as set up" {...bind("model")} />
        <BotField bind={bind} none="every bot" />
        <Field label="From" unit="UTC" type="date" {...bind("from")} />
        <Field label="To" unit="UTC" type="date" {...bind("to")} />
        <Field label="At most" unit="ideas" type="number" min={1} max={500} {...bind("limit")} />
      </div>
      <p className="soft">
        {asksModel
          ? "A model is asked again for every idea, which costs tokens."
          : "Only limits differ: the stored opinions stand, and no model is asked."}
      </p>
    </>
  );
}
