import { useState } from "react";
import { Code } from "@/components/Code";
import { Field, SelectField } from "@/components/Field";
import { Panel } from "@/components/Panel";
import { addressWarnings, useHouse } from "../addresses";
import { Listening } from "../Listening";
import { ACCOUNT, useSecret } from "../secrets";
import { Warnings } from "../Warnings";
import styles from "./Builder.module.css";
import { ChartFields } from "./ChartFields";
import { CommandAddresses } from "./CommandAddresses";
import { checkJson } from "./checks";
import { DialogAdvice } from "./DialogAdvice";
import { LivePreview } from "./LivePreview";
import { MessagePanel } from "./MessagePanel";
import { PhoneCode } from "./PhoneCode";
import { type Chart, placeholdersIn, sampleOf } from "./placeholders";
import { SecretField } from "./SecretField";
import { Snippets } from "./Snippets";
import {
  type Bot,
  type FieldSpec,
  SECRET,
  SOURCES,
  type Source,
  type SourceName,
  type Values,
} from "./sources";

// Their units are those of TradingView, which a bot may leave aside.
const SIZED: ReadonlySet<SourceName> = new Set(["strategy", "indicator"]);

interface BuilderProps {
  bot: Bot;
  name: SourceName;
  /** The public address, where it is not the house's own. */
  at: string;
  setAt: (at: string) => void;
}

/** One alert: what goes into it, where it is sent, what it would do. */
export function Builder({ bot, name, at, setAt }: BuilderProps) {
  const source: Source = SOURCES[name];
  const owner = source.sender === "command" ? ACCOUNT : bot.id;
  const secret = useSecret(owner);
  const house = useHouse();
  const base = at.replace(/\/+$/, "") || house.base;
  const specs = source.fields(bot);
  const [values, setValues] = useState(() => initialOf(specs));
  const [chart, setChart] = useState<Chart>(() => chartOf(bot));
  const [edited, setEdited] = useState<string | null>(null);

  const template = source.message(values, bot);
  // Without the secret, which is put in where it is shown: what is kept and previewed never has it.
  const text = edited ?? template;
  const sample = sampleOf(chart);
  const checked = checkJson(text, sample, { takesLines: source.isForeign ?? false });
  const withSecret = (words: string) => (secret === "" ? words : words.replaceAll(SECRET, secret));
  const address = withSecret(base + source.path(values, bot));
  const message = withSecret(text);
  const isTradingView = source.sender !== "other" && source.sender !== "code";

  return (
    <div className={styles.builder}>
      <div className="stack">
        <Panel title="What goes into it">
          {specs.length > 0 && (
            <div className={styles.fields}>
              {specs
                .filter((spec) => counts(spec, values))
                .map((spec) => (
                  <Value
                    key={spec.name}
                    spec={spec}
                    value={values[spec.name] ?? ""}
                    setValue={(value) => setValues({ ...values, [spec.name]: value })}
                  />
                ))}
            </div>
          )}
          {SIZED.has(name) && <Sizing bot={bot} />}
          <SecretField owner={owner} />
        </Panel>
        <Panel title="Webhook URL">
          <Code text={address} what="address for alerts" isLine />
          {house.isKnown && source.sender !== "code" && <Warnings warnings={addressWarnings(base)} />}
          <details className={styles.fold}>
            <summary>Another public address</summary>
            <Field
              label="Where alerts come in"
              type="url"
              value={at}
              placeholder={house.base}
              help="What a tunnel printed, say. It stands in this page's address; PUBLIC_URL makes it last."
              onChange={(event) => setAt(event.target.value)}
            />
          </details>
          {source.sender === "command" && <CommandAddresses bot={bot} base={base} secret={secret} />}
        </Panel>
        <MessagePanel
          {...{ text, message, checked, sample, source, secret, largest: house.largest }}
          isEdited={edited !== null && edited !== template}
          onChange={(words) => setEdited(secret === "" ? words : words.replaceAll(secret, SECRET))}
          onReset={() => setEdited(null)}
        />
        {source.sender === "code" && <Snippets {...{ address, message: text, secret }} />}
      </div>
      <div className={styles.aside}>
        <Panel
          title="What it would do now"
          hint="Judged by every check as it stands. Nothing is ordered or kept."
        >
          <ChartFields names={placeholdersIn(text)} chart={chart} setChart={setChart} />
          <LivePreview {...{ text, chart, source, bot }} />
        </Panel>
        <Panel title="Did it arrive?">
          <Listening bot={bot.id} />
        </Panel>
      </div>
      <div className={`stack ${styles.foot}`}>
        {isTradingView && (
          <Panel title="In TradingView's dialog" hint="An alert has three tabs; each wants something.">
            <DialogAdvice sender={source.sender} address={address} />
          </Panel>
        )}
        {source.sender !== "code" && house.isKnown && (
          <Panel title="On the phone">
            <PhoneCode {...{ address, message, base }} />
          </Panel>
        )}
      </div>
    </div>
  );
}

function counts({ onlyWhere }: FieldSpec, values: Values): boolean {
  return onlyWhere === undefined || values[onlyWhere.name] === onlyWhere.value;
}

function initialOf(specs: readonly FieldSpec[]): Record<string, string> {
  return Object.fromEntries(specs.map(({ name, initial }) => [name, initial]));
}

function chartOf(bot: Bot): Chart {
  const symbol = bot.allowed_symbols?.[0] ?? bot.underlying ?? "AAPL";
  return { symbol, price: "190.50", contracts: "1", move: "enter" };
}

function Value({
  spec: { label, choices, isDecimal },
  value,
  setValue,
}: {
  spec: FieldSpec;
  value: string;
  setValue: (value: string) => void;
}) {
  if (choices === undefined) {
    return (
      <Field
        label={label}
        value={value}
        inputMode={isDecimal ? "decimal" : "text"}
        onChange={(event) => setValue(event.target.value)}
      />
    );
  }
  return (
    <SelectField label={label} value={value} onChange={(event) => setValue(event.target.value)}>
      {Object.entries(choices).map(([word, words]) => (
        <option key={word} value={word}>
          {words}
        </option>
      ))}
    </SelectField>
  );
}

/** Whose sizes count, since people take TradingView's for granted. */
function Sizing({ bot }: { bot: Bot }) {
  return (
    <p className="soft">
      {bot.use_strategy_contracts
        ? "This bot trades the units that the alert names."
        : "This bot sizes its entries itself; the units that TradingView names do not count. The bot's settings can change that."}
    </p>
  );
}
