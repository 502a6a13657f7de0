import { useState } from "react";
import type { ApiError } from "@/api/errors";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Field } from "@/components/Field";
import { Failure } from "@/components/States";
import { type Column, Table } from "@/components/Table";
import { LABELS } from "./labels";
import { type Changes, wordsOf } from "./values";

type Changed = Changes["changed"][number];

interface Props {
  botName: string;
  changed: readonly Changed[];
  currency: string;
  isOpen: boolean;
  isPending: boolean;
  failure: ApiError | null;
  onSave: () => void;
  onClose: () => void;
}

/** What a save would change, before it is saved; real money wants the bot's name too. */
export function ReviewDialog({ isOpen, onClose, ...rest }: Props) {
  return (
    <Dialog title="Save these changes?" size="wide" isOpen={isOpen} onClose={onClose}>
      <Review onClose={onClose} {...rest} />
    </Dialog>
  );
}

function Review({ botName, changed, currency, isPending, failure, onSave, onClose }: Omit<Props, "isOpen">) {
  const [typed, setTyped] = useState("");
  const goesLive = changed.some(({ key, after }) => key.name === "live" && after === true);
  const isNamed = typed.trim() === botName;
  const columns: readonly Column<Changed>[] = [
    { name: "Key", isTitle: true, cell: ({ key }) => LABELS[key.name] },
    { name: "Now", cell: ({ key, before }) => wordsOf(key, before, currency) },
    { name: "New", cell: ({ key, after }) => <strong>{wordsOf(key, after, currency)}</strong> },
  ];
  return (
    <>
      <Table caption="What changes" columns={columns} rows={changed} keyOf={({ key }) => key.name} />
      {goesLive && (
        <>
          <p>
            With this, {botName} may trade with <strong>real money</strong>, from its next alert on and
            wherever <code>ALLOW_LIVE_TRADING</code> is set. Its limits hold as they stand.
          </p>
          <Field
            label={`Type ${botName} to agree`}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </>
      )}
      <p className="soft small">
        It holds from the next alert on. Open positions and orders stay as they are.
      </p>
      {failure && <Failure error={failure} />}
      <div className="row">
        <Button
          kind="primary"
          operatorOnly
          isPending={isPending}
          unavailable={goesLive && !isNamed ? "Type the bot's name first." : undefined}
          onClick={onSave}
          data-autofocus={!goesLive}
        >
          {changed.length === 1 ? "Save 1 change" : `Save ${changed.length} changes`}
        </Button>
        <Button onClick={onClose}>Go on editing</Button>
      </div>
    </>
  );
}
