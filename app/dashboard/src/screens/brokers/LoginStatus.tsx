import { type FormEvent, useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { useAction } from "@/api/queries";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Failure } from "@/components/States";
import { Countdown, Time } from "@/components/Time";
import { announce } from "@/hooks/announcements";
import { useUnderWay } from "@/hooks/useUnderWay";
import styles from "./BrokerPanel.module.css";

type Login = Schema<"Login">;

const STATES = {
  valid: { word: "Logged in", tone: "gain" },
  dead: { word: "The login has ended", tone: "loss" },
  missing: { word: "Not logged in", tone: "warn" },
} as const satisfies Record<Login["state"], { word: string; tone: string }>;

/** The daily login: how long it lasts, and the button that begins the next one. */
export function LoginStatus({ login }: { login: Login }) {
  const { word, tone } = STATES[login.state];
  const link = useAction(() => answer(api.GET("/auth-url")));
  const isWaiting = link.isSuccess && login.state !== "valid";
  useUnderWay(isWaiting);
  return (
    <section className={styles.part} aria-label="Login">
      <div className="row">
        <Badge tone={tone}>{word}</Badge>
        {login.state === "valid" && login.expires_at && (
          <span className="soft">
            for <Countdown until={login.expires_at} />, until{" "}
            <Time at={login.expires_at} withZone show="short" />
          </span>
        )}
        <Button
          size="small"
          kind={login.state === "valid" ? "plain" : "primary"}
          operatorOnly
          isPending={link.isPending}
          onClick={() => link.mutate(undefined)}
        >
          {login.state === "valid" ? "Log in anew" : "Log in"}
        </Button>
      </div>
      {link.isError && <Failure error={link.error} />}
      {link.data && (
        <p>
          <a href={link.data.url} target="_blank" rel="noreferrer">
            Open the broker's login
          </a>{" "}
          <span className="soft">
            (in a new tab, good once, <Countdown until={link.data.expires_at} /> left). This page sees by
            itself when you are logged in.
          </span>
        </p>
      )}
      {link.data && <CodeForm />}
    </section>
  );
}

/** Where the browser could not come back here by itself: its address holds a code. */
function CodeForm() {
  const [code, setCode] = useState("");
  const logIn = useAction(
    (auth_code: string) => answer(api.POST("/generate-token", { body: { auth_code } })),
    {
      onDone: () => {
        setCode("");
        announce("Logged in.");
      },
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (code.trim() !== "" && !logIn.isPending) {
      logIn.mutate(codeIn(code.trim()));
    }
  };
  return (
    <details>
      <summary>The login ended on a page that cannot be opened?</summary>
      <form className="stack" onSubmit={submit}>
        <Field
          label="Address or code"
          help="Copy the address of that page here: the code is in it."
          autoComplete="off"
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
        <Button type="submit" operatorOnly isPending={logIn.isPending}>
          Log in with it
        </Button>
        {logIn.isError && <Failure error={logIn.error} />}
      </form>
    </details>
  );
}

function codeIn(pasted: string): string {
  return URL.canParse(pasted) ? (new URL(pasted).searchParams.get("auth_code") ?? pasted) : pasted;
}
