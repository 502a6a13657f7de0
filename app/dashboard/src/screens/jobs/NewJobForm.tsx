import { type FormEvent, useState } from "react";
import { answer, api } from "@/api/client";
import { useAction } from "@/api/queries";
import { Button } from "@/components/Button";
import { Field, SelectField } from "@/components/Field";
import { Failure } from "@/components/States";
import { useBots } from "@/frame/useFrameFacts";
import styles from "./JobsScreen.module.css";
import type { NewJob } from "./jobs";

interface Wish {
  from: string;
  to: string;
  bot: string;
  limit: string;
  model: string;
  min_confidence: string;
  max_notional: string;
}

const EMPTY: Wish = {
  from: "",
  to: "",
  bot: "",
  limit: "20",
  model: "",
  min_confidence: "",
  max_notional: "",
};

/** What to compare with what. */
export function NewJobForm({
  onStarted,
  onCancel,
}: {
  onStarted: (id: string) => void;
  onCancel: () => void;
}) {
  const [wish, setWish] = useState(EMPTY);
  const bots = useBots();
  const start = useAction((body: NewJob) => answer(api.POST("/api/jobs", { body })), {
    onDone: ({ id }) => onStarted(id),
  });
  const wrong = start.error?.fields ?? {};
  const bound = (name: keyof Wish) => ({
    value: wish[name],
    onChange: (event: { target: { value: string } }) => setWish({ ...wish, [name]: event.target.value }),
    error: wrong[name]?.join(" "),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!start.isPending) {
      start.mutate(jobOf(wish));
    }
  };
  const asksModel = wish.model !== "" || (wish.min_confidence === "" && wish.max_notional === "");
  return (
    <form className="stack" onSubmit={submit}>
      <div className={styles.fields}>
        <Field
          label="Lowest confidence"
          placeholder="0.80"
          inputMode="decimal"
          {...bound("min_confidence")}
        />
        <Field label="Most for a trade" unit="USD" inputMode="decimal" {...bound("max_notional")} />
        <Field label="Model" placeholder="as set up" {...bound("model")} />
        <SelectField label="Bot" {...bound("bot")}>
          <option value="">every bot</option>
          {bots.data?.bots.map((bot) => (
            <option key={bot.id} value={bot.id}>
              {bot.name}
            </option>
          ))}
        </SelectField>
        <Field label="From" unit="UTC" type="date" {...bound("from")} />
        <Field label="To" unit="UTC" type="date" {...bound("to")} />
        <Field label="At most" unit="ideas" type="number" min={1} max={500} {...bound("limit")} />
      </div>
      <p className="soft">
        {asksModel
          ? "A model is asked again for every idea, which costs tokens."
          : "Only limits differ: the stored opinions stand, and no model is asked."}
      </p>
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

function jobOf(wish: Wish): NewJob {
  const { limit, ...texts } = wish;
  const given = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ""));
  return { kind: "replay", limit: Number(limit) || 20, horizon: "1d", ...given };
}
