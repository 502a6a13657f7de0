import { useState } from "react";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { NewSecret } from "../NewSecret";
import { ACCOUNT, keepSecret, useSecret } from "../secrets";
import styles from "./Builder.module.css";

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
        help="Gatehouse keeps a digest and cannot show it again. What you paste stays in this tab and is sent nowhere."
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
