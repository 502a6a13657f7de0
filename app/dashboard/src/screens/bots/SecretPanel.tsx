import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { useAction } from "@/api/queries";
import { Button } from "@/components/Button";
import { Code } from "@/components/Code";
import { Confirm } from "@/components/Confirm";
import { Dialog } from "@/components/Dialog";
import { Panel } from "@/components/Panel";
import { Time } from "@/components/Time";
import { keepSecret } from "@/screens/setup/secrets";
import type { Bot } from "./bots";

type Rotated = Schema<"Secret">;

/** The bot's secret: how old it is, and a new one, which is shown once. */
export function SecretPanel({ bot }: { bot: Bot }) {
  const [isOpen, setIsOpen] = useState(false);
  const [rotated, setRotated] = useState<Rotated | null>(null);
  const rotate = useAction(
    () => answer(api.POST("/api/bots/{bot}/secret", { params: { path: { bot: bot.id } } })),
    {
      onDone: (made) => {
        keepSecret(bot.id, made.secret);
        setIsOpen(false);
        setRotated(made);
      },
    },
  );
  return (
    <Panel
      title="Secret"
      hint="Whoever has it can send this bot's alerts. Gatehouse keeps only its digest, so it cannot be shown again."
      aside={
        <Button operatorOnly onClick={() => setIsOpen(true)}>
          New secret
        </Button>
      }
    >
      <p>
        Made <Time at={bot.secret_created_at} withZone />.
      </p>
      <Confirm
        title={`A new secret for ${bot.name || bot.id}?`}
        isOpen={isOpen}
        action="Make a new secret"
        isPending={rotate.isPending}
        failure={rotate.error}
        onConfirm={() => rotate.mutate(undefined)}
        onClose={() => setIsOpen(false)}
      >
        <p>
          The old one works for a day more, so that you can change your alerts without losing any. A secret
          that came before the old one ends now.
        </p>
      </Confirm>
      <Dialog
        title="The new secret"
        isOpen={rotated !== null}
        actions={
          <Button kind="primary" onClick={() => setRotated(null)}>
            I have copied it
          </Button>
        }
      >
        {rotated && (
          <>
            <p>
              <strong>It is shown this once.</strong> Put it into your alerts before{" "}
              <Time at={rotated.previous_valid_until} withZone />: until then the old one works too.
            </p>
            <Code text={rotated.secret} what="secret" />
          </>
        )}
      </Dialog>
    </Panel>
  );
}
