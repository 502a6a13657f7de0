import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/Button";
import { type Column, Table } from "@/components/Table";
import styles from "./BotForm.module.css";
import type { Bot } from "./bots";
import { type BotKey, type KeyName, LABELS } from "./labels";
import { type Draft, isSameValue, readText, wordsOf } from "./values";

interface Row {
  key: BotKey;
  yours: string;
  theirs: string;
}

interface Props {
  keys: readonly BotKey[];
  /** As it was when the editing began, and as it is now. */
  began: Bot;
  now: Bot;
  draft: Draft;
  currency: string;
  onSettled: (takenFromThem: readonly KeyName[]) => void;
}

/** The bot was changed elsewhere meanwhile: both versions side by side, to choose from key by key. */
export function Conflict({ keys, began, now, draft, currency, onSettled }: Props) {
  const [theirs, setTheirs] = useState<readonly KeyName[]>([]);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // Where the save was pressed, it may be far out of sight; who is typing is left alone.
    if (!document.activeElement?.matches("input, select")) {
      heading.current?.focus();
    }
  }, []);
  const moved = keys.filter(({ name }) => !isSameValue(began[name], now[name]));
  const rows = moved.map((key) => rowOf(key, began, now, draft, currency));
  const both = rows.filter(({ key }) => draft[key.name] !== undefined);
  const choose = (name: KeyName, isTheirs: boolean) =>
    setTheirs((before) => [...before.filter((other) => other !== name), ...(isTheirs ? [name] : [])]);

  const side = (row: Row, isTheirs: boolean) => {
    const words = isTheirs ? row.theirs : row.yours;
    if (draft[row.key.name] === undefined) {
      return isTheirs ? <strong>{words}</strong> : <span className="soft">you changed nothing here</span>;
    }
    return (
      <label className={styles.side}>
        <input
          type="radio"
          name={`version-${row.key.name}`}
          checked={theirs.includes(row.key.name) === isTheirs}
          onChange={() => choose(row.key.name, isTheirs)}
        />
        {words}
      </label>
    );
  };
  const columns: readonly Column<Row>[] = [
    { name: "Key", isTitle: true, cell: ({ key }) => LABELS[key.name] },
    { name: "Yours", cell: (row) => side(row, false) },
    { name: "Saved meanwhile", cell: (row) => side(row, true) },
  ];
  return (
    <section className={styles.conflict} aria-labelledby="conflict" role="alert">
      <h3 id="conflict" ref={heading} tabIndex={-1}>
        This bot was changed elsewhere while you edited it
      </h3>
      <p>
        Nothing you typed is lost.{" "}
        {both.length === 0
          ? "What was saved meanwhile touches other keys than yours."
          : "Where both of you changed a key, choose which one counts."}
      </p>
      <div className={styles.versions}>
        <Table caption="Both versions" columns={columns} rows={rows} keyOf={({ key }) => key.name} />
      </div>
      <div className="row">
        <Button kind="primary" onClick={() => onSettled(theirs)}>
          Go on with these
        </Button>
      </div>
    </section>
  );
}

function rowOf(key: BotKey, began: Bot, now: Bot, draft: Draft, currency: string): Row {
  const typed = draft[key.name];
  const read = typed === undefined ? { value: began[key.name] } : readText(key, typed);
  return {
    key,
    yours: read.value === undefined ? (typed ?? "") : wordsOf(key, read.value, currency),
    theirs: wordsOf(key, now[key.name], currency),
  };
}
