import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answerWithTag, api } from "@/api/client";
import { ApiError } from "@/api/errors";
import { useAction } from "@/api/queries";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { LeaveQuestion } from "@/components/LeaveQuestion";
import { EmptyState } from "@/components/States";
import { announce } from "@/hooks/announcements";
import styles from "./BotForm.module.css";
import { type BotKeys, readBot, type TaggedBot } from "./bots";
import { Conflict } from "./Conflict";
import { KeyGroups } from "./KeyGroups";
import { type BotKey, type KeyName, LABELS } from "./labels";
import { ReviewDialog } from "./ReviewDialog";
import { bodyOf, changesOf, type Draft, isSameValue } from "./values";

interface Props {
  latest: TaggedBot;
  schema: BotKeys;
  currency: string;
}

/** Every key of a bot: edited, compared, and saved over the version that was seen. */
export function BotForm({ latest, schema, currency }: Props) {
  const client = useQueryClient();
  const [draft, setDraft] = useState<Draft>({});
  // The version with which the editing began; null: nothing was touched.
  const [began, setBegan] = useState<TaggedBot | null>(null);
  const [sought, setSought] = useState("");
  const [isReviewing, setIsReviewing] = useState(false);
  const { id } = latest.bot;
  const keys = schema.keys;
  const base = began ?? latest;
  const isMoved = !isSameConfiguration(keys, base, latest);
  const { changed, faults } = changesOf(keys, base.bot, draft);
  const isDirty = changed.length > 0 || Object.keys(faults).length > 0;

  const reset = () => {
    setDraft({});
    setBegan(null);
  };
  const save = useAction(() => saveOver(id, keys, isMoved ? base : latest, bodyOf(changed)), {
    onDone: (saved) => {
      client.setQueryData<TaggedBot>(["bot", id], saved);
      void client.invalidateQueries({ queryKey: ["bot-cards"] });
      setIsReviewing(false);
      reset();
      announce("Saved.");
    },
  });
  const trySave = () =>
    save.mutate(undefined, {
      onError: (error) => {
        if (error.isStale) {
          // What was saved meanwhile is shown beside what was typed.
          setIsReviewing(false);
          void client.invalidateQueries({ queryKey: ["bot", id] });
        }
      },
    });
  const type = (name: KeyName, text: string) => {
    setBegan((before) => before ?? latest);
    setDraft((before) => ({ ...before, [name]: text }));
  };
  const settle = (takenFromThem: readonly KeyName[]) => {
    setDraft((before) => without(before, takenFromThem));
    setBegan(latest);
    save.reset();
  };

  const found = keys.filter((key) => isSought(key, sought));
  return (
    <div className="stack">
      <Field
        label="Find a key"
        type="search"
        value={sought}
        onChange={(event) => setSought(event.target.value)}
      />
      {isMoved && isDirty && (
        <Conflict
          keys={keys}
          began={base.bot}
          now={latest.bot}
          draft={draft}
          currency={currency}
          onSettled={settle}
        />
      )}
      {found.length === 0 && (
        <EmptyState
          title="No key has that in its name or meaning."
          action={<Button onClick={() => setSought("")}>Show all</Button>}
        />
      )}
      <KeyGroups
        keys={found}
        bot={base.bot}
        draft={draft}
        faults={faults}
        currency={currency}
        defaultBroker={schema.default_broker}
        isSearch={sought.trim() !== ""}
        onType={type}
      />
      {isDirty && (
        <section className={styles.bar} aria-label="Unsaved changes">
          <span role="status">{summary(changed.length, Object.keys(faults).length)}</span>
          <span className="row">
            <Button onClick={reset}>Discard</Button>
            <Button
              kind="primary"
              operatorOnly
              unavailable={whyNot(Object.keys(faults).length, changed.length, isMoved)}
              onClick={() => {
                save.reset();
                setIsReviewing(true);
              }}
            >
              Review and save
            </Button>
          </span>
        </section>
      )}
      <ReviewDialog
        botName={base.bot.name || id}
        changed={changed}
        currency={currency}
        isOpen={isReviewing}
        isPending={save.isPending}
        failure={save.error}
        onSave={trySave}
        onClose={() => setIsReviewing(false)}
      />
      <LeaveQuestion
        isDirty={isDirty}
        what={`What you changed in ${base.bot.name || id} is not saved yet.`}
      />
    </div>
  );
}

/** Save over a version; one that differs in its switch alone is no other version of the configuration. */
async function saveOver(
  id: string,
  keys: readonly BotKey[],
  seen: TaggedBot,
  body: { [name: string]: unknown },
): Promise<TaggedBot> {
  try {
    return await patch(id, seen.etag, body);
  } catch (error) {
    if (!(error instanceof ApiError && error.isStale)) {
      throw error;
    }
    const now = await readBot(id);
    if (!isSameConfiguration(keys, seen, now)) {
      throw error;
    }
    return await patch(id, now.etag, body);
  }
}

async function patch(id: string, etag: string, body: { [name: string]: unknown }): Promise<TaggedBot> {
  const params = { path: { bot: id }, header: { "If-Match": etag } };
  const saved = await answerWithTag(api.PATCH("/api/bots/{bot}", { params, body }));
  return { bot: saved.data, etag: saved.etag };
}

function isSameConfiguration(keys: readonly BotKey[], one: TaggedBot, other: TaggedBot): boolean {
  return one.etag === other.etag || keys.every(({ name }) => isSameValue(one.bot[name], other.bot[name]));
}

function without(draft: Draft, names: readonly KeyName[]): Draft {
  const kept: Partial<Record<KeyName, string>> = { ...draft };
  for (const name of names) {
    delete kept[name];
  }
  return kept;
}

function isSought(key: BotKey, sought: string): boolean {
  const words = sought.trim().toLowerCase();
  return `${LABELS[key.name]} ${key.name} ${key.help} ${key.group}`.toLowerCase().includes(words);
}

function summary(changes: number, faults: number): string {
  const changed = changes === 1 ? "1 change" : `${changes} changes`;
  return faults === 0 ? `${changed}, not saved yet` : `${changed}; ${faults} to correct`;
}

function whyNot(faults: number, changes: number, isMoved: boolean): string | undefined {
  if (faults > 0) {
    return "Correct what is marked first.";
  }
  if (isMoved) {
    return "Choose between both versions first.";
  }
  return changes === 0 ? "Nothing is changed." : undefined;
}
