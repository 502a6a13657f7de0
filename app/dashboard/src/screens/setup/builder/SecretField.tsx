import { useState } from "react";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { NewSecret } from "../NewSecret";
import { ACCOUNT, keepSecret, useSecret } from "../secrets";
import styles from "./Builder.module.css";

/** Where the secrets stand that the first start made, or that somebody set. */
const PLACES: Record<string, string> = {
  default:
    "Unless a new one was made since, it is WEBHOOK_SECRET in .env, else webhook_secret in data/gatehouse.secrets.json.",
  [ACCOUNT]:
    "Unless a new one was made since, it is ACCOUNT_SECRET in .env, else account_secret in data/gatehouse.secrets.json.",
};

/** The secret that the message carries: pasted, or made anew, and kept in this tab alone. */
export function SecretField({ owner }: { owner: string }) {
  const secret = useSecret(owner);
  const [isShown, setIsShown] = useState(false);
  const whose = owner === ACCOUNT ? "account's" : "bot's";
  return (
    <div className={styles.secret}>
      <Field
        label={`The ${whose} secret`}
        type={isShown ? "text" : "password"}
        value={secret}
        autoComplete="off"
        spellCheck={false}
        placeholder="Paste it here"
        help={`${PLACES[owner] ?? "It was shown when the bot was made."} Gatehouse keeps only its digest and cannot show it again. What you paste stays in this tab and is sent nowhere.`}
        onChange={(event) => keepSecret(owner, event.target.value.trim())}
      />
      <div className="row">
        {secret !== "" && (
          <>
            <Button size="small" onClick={() => setIsShown(!isShown)}>
              {isShown ? "Hide" : "Show"}
            </Button>
            <Button size="small" onClick={() => keepSecret(owner, "")}>
              Forget it
            </Button>
          </>
        )}
        <NewSecret owner={owner} />
      </div>
    </div>
  );
}
