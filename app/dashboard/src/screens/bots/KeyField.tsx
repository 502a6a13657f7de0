import { CheckField, Field, SelectField } from "@/components/Field";
import styles from "./BotForm.module.css";
import { type BotKey, CHOICE_WORDS, LABELS } from "./labels";
import { effectOf, type KeyValue, readText, textOf, unitOf, wordsOf } from "./values";

export interface FormFacts {
  currency: string;
  defaultBroker: string;
}

interface KeyFieldProps extends FormFacts {
  keyOf: BotKey;
  /** What the bot has now. */
  stored: KeyValue;
  /** What was typed; undefined: it was not touched. */
  typed: string | undefined;
  fault?: string | undefined;
  onType: (text: string) => void;
}

/** One key: its field in the unit in which people think, what it means, its default, and what holds. */
export function KeyField(props: KeyFieldProps) {
  const { keyOf: key, stored, typed, fault, onType, currency } = props;
  const text = typed ?? textOf(key, stored);
  const label = LABELS[key.name];
  const help = <KeyHelp {...props} />;
  const unit = unitOf(key, currency);
  const common = {
    label,
    help,
    error: fault,
    name: key.name,
    ...(unit === undefined || unit === "" ? {} : { unit }),
  };
  if (key.type === "boolean" && !key.nullable) {
    return (
      <CheckField
        label={label}
        help={help}
        error={fault}
        name={key.name}
        checked={text === "true"}
        onChange={(event) => onType(String(event.target.checked))}
      />
    );
  }
  if (key.type === "boolean" || key.type === "choice") {
    return (
      <SelectField {...common} value={text} onChange={(event) => onType(event.target.value)}>
        {key.nullable && <option value="">{wordsOf(key, null, currency)}</option>}
        {choicesOf(key).map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </SelectField>
    );
  }
  return (
    <Field
      {...common}
      autoComplete="off"
      spellCheck={false}
      placeholder={key.nullable ? wordsOf(key, null, currency) : ""}
      type={key.type === "time" ? "time" : "text"}
      inputMode={key.type === "integer" ? "numeric" : key.type === "decimal" ? "decimal" : "text"}
      value={text}
      onChange={(event) => onType(event.target.value)}
    />
  );
}

function choicesOf(key: BotKey): [string, string][] {
  if (key.type === "boolean") {
    return [
      ["true", "yes"],
      ["false", "no"],
    ];
  }
  return (key.choices ?? []).map((word) => [
    word,
    CHOICE_WORDS[key.name]?.[word] ?? word.replaceAll("_", " "),
  ]);
}

function KeyHelp({ keyOf: key, stored, typed, currency, defaultBroker }: KeyFieldProps) {
  const read = typed === undefined ? { value: stored } : readText(key, typed);
  const effect = read.value === undefined ? null : effectOf(key, read.value, defaultBroker);
  return (
    <>
      <HelpWords text={key.help} />
      <span className={styles.facts}>
        {key.default !== "" && <span>Default: {wordsOf(key, key.default, currency)}</span>}
        {effect && (
          <span>
            In effect: <strong>{wordsOf(key, effect.value, currency)}</strong>
            {effect.by !== null && (
              <>
                , by <code>{effect.by}</code>
              </>
            )}
          </span>
        )}
        <code>{key.name}</code>
      </span>
    </>
  );
}

/** The sentence of the documentation, in which names stand between backticks; null is an empty field here. */
function HelpWords({ text }: { text: string }) {
  const parts = text
    .replaceAll(/\bnull\b/g, "empty")
    .split("`")
    .map((part, place) => ({ part, place }));
  return parts.map(({ part, place }) => (place % 2 === 1 ? <code key={place}>{part}</code> : part));
}
