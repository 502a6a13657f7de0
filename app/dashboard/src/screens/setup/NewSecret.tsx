import { useState } from "react";
import { answer, api } from "@/api/client";
import { useAction } from "@/api/queries";
import { Button } from "@/components/Button";
import { Code } from "@/components/Code";
import { Confirm } from "@/components/Confirm";
import { Time } from "@/components/Time";
import styles from "./SetupScreen.module.css";
import { ACCOUNT, keepSecret } from "./secrets";

/** Make a new secret for a bot, or for the account; it is shown now and never again. */
export function NewSecret({ owner }: { owner: string }) {
  const [isAsking, setIsAsking] = useState(false);
  const rotate = useAction(() => rotated(owner), {
    onDone: ({ secret }) => {
      keepSecret(owner, secret);
      setIsAsking(false);
    },
  });
  const whose = owner === ACCOUNT ? "the account" : owner;
  return (
    <>
      <Button size="small" operatorOnly onClick={() => setIsAsking(true)}>
        Make a new secret
      </Button>
      {rotate.data && (
        <div className={styles.made} role="status">
          <p>
            The new secret of {whose}. It is shown now and never again; this tab remembers it. The old one
            works until <Time at={rotate.data.previous_valid_until} withZone />.
          </p>
          <Code text={rotate.data.secret} what="new secret" isLine />
        </div>
      )}
      <Confirm
        isOpen={isAsking}
        title={`Make a new secret for ${whose}?`}
        action="Make a new secret"
        isPending={rotate.isPending}
        failure={rotate.error}
        onConfirm={() => rotate.mutate(undefined)}
        onClose={() => setIsAsking(false)}
      >
        The old one works for 24 hours more. Until then, put the new one into every alert that carries the old
        one: after that they are refused.
      </Confirm>
    </>
  );
}

function rotated(owner: string) {
  return owner === ACCOUNT
    ? answer(api.POST("/api/account/secret"))
    : answer(api.POST("/api/bots/{bot}/secret", { params: { path: { bot: owner } } }));
}
