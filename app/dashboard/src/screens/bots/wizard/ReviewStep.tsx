import type { UseMutationResult } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import type { ApiError } from "@/api/errors";
import { useLive } from "@/api/queries";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Panel } from "@/components/Panel";
import { Failure, Loading } from "@/components/States";
import { type Column, Table } from "@/components/Table";
import { useIsOperator } from "@/hooks/useSession";
import { brokerName } from "@/screens/brokers/brokers";
import { PreviewOutcome } from "@/screens/ticket/PreviewOutcome";
import styles from "../BotForm.module.css";
import type { BotKeys } from "../bots";
import { type KeyName, LABELS } from "../labels";
import { readText, wordsOf } from "../values";
import { bodyOf, chosenOf, idOf, type NewBot, trialSymbol } from "./draft";
import type { StepProps } from "./NewBotScreen";
import { currencyOf } from "./StepFields";

interface Row {
  name: string;
  value: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { name: "Key", isTitle: true, cell: ({ name }) => name },
  { name: "Value", cell: ({ value }) => value },
];

// They stand first, whether they are as by default or not; so does the size.
const TOLD: ReadonlySet<KeyName> = new Set(["name", "broker"]);

function sizeRow(draft: NewBot, { keys }: BotKeys, currency: string): Row[] {
  const key = keys.find(({ name }) => name === draft.way);
  if (key === undefined) {
    return [];
  }
  const typed = draft.way === "use_strategy_contracts" ? "true" : draft.texts[draft.way];
  const value = typed === undefined ? key.default : (readText(key, typed).value ?? null);
  return [{ name: `Size: ${LABELS[key.name].toLowerCase()}`, value: wordsOf(key, value, currency) }];
}

interface Props extends StepProps {
  create: UseMutationResult<Schema<"CreatedBot">, ApiError, unknown>;
}

/** Everything once more, and what the bot would do with one alert, before it is made. */
export function ReviewStep({ create, ...props }: Props) {
  const { draft, schema } = props;
  const currency = currencyOf(props);
  const chosen = chosenOf(draft, schema).filter(({ key }) => !TOLD.has(key.name) && key.name !== draft.way);
  const rows: Row[] = [
    { name: "Name", value: `${draft.texts.name ?? ""} (${idOf(draft)})` },
    { name: "Broker", value: brokerName(draft.texts.broker ?? schema.default_broker) },
    ...sizeRow(draft, schema, currency),
    ...chosen.map(({ key, value }) => ({ name: LABELS[key.name], value: wordsOf(key, value, currency) })),
  ];
  return (
    <div className="stack">
      <Panel title="What it will be" hint="Everything else is as by default." isFlush>
        <Table caption="What the bot will be" columns={COLUMNS} rows={rows} keyOf={({ name }) => name} />
      </Panel>
      <Trial {...props} />
      <p className="soft">
        It trades from its first alert on. Real money stays off: that is a key of its own, which you turn on
        later, by the bot's name.
      </p>
      {create.error && <Failure error={create.error} />}
      <div className="row">
        <Button
          kind="primary"
          operatorOnly
          isPending={create.isPending}
          onClick={() => create.mutate(undefined)}
        >
          Make this bot
        </Button>
      </div>
    </div>
  );
}

/** One alert that buys, run through the bot as it would be; nothing is stored or sent. */
function Trial({ draft, schema, change }: StepProps) {
  const isOperator = useIsOperator();
  const [symbol, setSymbol] = useState(trialSymbol(draft));
  const [price, setPrice] = useState(draft.price);
  const body = bodyOf(draft, schema);
  const wanted = { symbol: trialSymbol(draft), price: draft.price };
  const trial = useLive({
    key: ["bot-trial", body, wanted],
    topics: ["state"],
    enabled: isOperator,
    keepPrevious: true,
    read: () => answer(api.POST("/api/bots/preview", { params: { query: query(wanted) }, body })),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change({ symbol: symbol.trim(), price: price.trim() });
    void trial.refetch();
  };
  return (
    <Panel
      title="One alert, as a preview"
      hint="What it would do with an alert that buys, by today's prices and limits. Nothing is ordered."
    >
      <form className="stack" onSubmit={submit}>
        <div className={styles.fields}>
          <Field
            label="Symbol"
            autoComplete="off"
            value={symbol}
            onChange={(event) => setSymbol(event.target.value)}
          />
          <Field
            label="The alert's price"
            help="Empty: the alert names none."
            inputMode="decimal"
            autoComplete="off"
            value={price}
            onChange={(event) => setPrice(event.target.value)}
          />
        </div>
        <div className="row">
          <Button type="submit" operatorOnly isPending={trial.isFetching}>
            Try it
          </Button>
        </div>
      </form>
      <div aria-live="polite" aria-busy={trial.isFetching || undefined}>
        {isOperator && trial.isPending && <Loading what="the preview" />}
        {trial.isError && <Failure error={trial.error} />}
        {trial.data && !trial.isError && <PreviewOutcome preview={trial.data} />}
      </div>
    </Panel>
  );
}

function query({ symbol, price }: { symbol: string; price: string }) {
  return price === "" ? { symbol } : { symbol, price };
}
