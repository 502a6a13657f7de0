import { useQueryClient } from "@tanstack/react-query";
import { Circle, CircleCheck } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { answer, api, type Schema } from "@/api/client";
import { useAction } from "@/api/queries";
import { Button } from "@/components/Button";
import { LinkButton } from "@/components/LinkButton";
import { Failure } from "@/components/States";
import { Age } from "@/components/Time";
import styles from "./FirstRun.module.css";

type Steps = Schema<"FirstRun">;

/** Five rows that tick themselves off from what the server knows; folded once alerts come in. */
export function FirstRun({ steps }: { steps: Steps }) {
  const done = Object.values(steps).filter((step) => step.done).length;
  const total = Object.keys(steps).length;
  if (done === total) {
    return null;
  }
  return (
    <details className={styles.panel} open={!steps.real_alert.done}>
      <summary className={styles.summary}>
        <h2>Getting started</h2>
        <span className="soft small">
          {done} of {total} done
        </span>
      </summary>
      <ol className={styles.steps}>
        <Safe step={steps.safe} />
        <TestAlert step={steps.test_alert} />
        <RealAlert step={steps.real_alert} />
        <Limits step={steps.limits} />
        <RealBroker step={steps.broker} />
      </ol>
    </details>
  );
}

function Step({
  isDone,
  title,
  children,
  action,
}: {
  isDone: boolean;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}) {
  const Icon = isDone ? CircleCheck : Circle;
  return (
    <li className={styles.step} data-done={isDone || undefined}>
      <Icon size={20} strokeWidth={1.75} aria-hidden="true" />
      <div className={styles.words}>
        <h3>
          {title}
          <span className="visually-hidden">{isDone ? " (done)" : " (to do)"}</span>
        </h3>
        <div className="small soft">{children}</div>
      </div>
      {action}
    </li>
  );
}

function Safe({ step }: { step: Steps["safe"] }) {
  return (
    <Step
      isDone={step.done}
      title={step.done ? "You are in, and nothing can cost money" : "You are in, and trading live"}
    >
      {step.done
        ? "Orders go to a paper account inside Gatehouse, which fills them as a market would. Going live takes three settings, never one click."
        : "Orders can reach an account with real money. Stop is at the top right."}
    </Step>
  );
}

function TestAlert({ step }: { step: Steps["test_alert"] }) {
  const client = useQueryClient();
  const send = useAction(() => answer(api.POST("/api/alerts/test")), {
    onDone: () => void client.invalidateQueries({ queryKey: ["overview"] }),
  });
  return (
    <Step
      isDone={step.done}
      title="Send a test alert"
      action={
        step.ticket === null ? (
          <Button
            kind="primary"
            operatorOnly
            isPending={send.isPending}
            onClick={() => send.mutate(undefined)}
          >
            Send a test alert
          </Button>
        ) : (
          <LinkButton to={`/tickets/${step.ticket}`}>See why</LinkButton>
        )
      }
    >
      {step.done
        ? "It was stored, judged by every gate and filled by the paper broker."
        : "It takes the way of a real alert, always to the paper broker."}
      {send.error && <Failure error={send.error} />}
    </Step>
  );
}

function RealAlert({ step }: { step: Steps["real_alert"] }) {
  const refused = step.refusal;
  return (
    <Step
      isDone={step.done}
      title="Connect TradingView"
      action={
        step.ticket === null ? (
          <LinkButton to="/setup">Build an alert</LinkButton>
        ) : (
          <LinkButton to={`/tickets/${step.ticket}`}>The first one</LinkButton>
        )
      }
    >
      {step.done && "Alerts arrive."}
      {!step.done && refused === null && (
        <span className={styles.listening}>Listening for the first alert …</span>
      )}
      {!step.done && refused !== null && (
        <>
          Something knocked <Age at={refused.at} /> and was refused ({refused.status} {refused.code}).{" "}
          <Link to="/logs/refusals">What was wrong with it</Link>
        </>
      )}
    </Step>
  );
}

function Limits({ step }: { step: Steps["limits"] }) {
  const open = [
    !step.limits_set && "no limit is set yet",
    !step.notifications_set && "NOTIFICATION_URL is not set, so nobody is told anything",
    step.notifications_set && step.notification_tested_at === null && "messages have not been tried",
  ].filter((sentence) => sentence !== false);
  return (
    <Step
      isDone={step.done}
      title="Set your limits, and know how to stop"
      action={<LinkButton to="/bots">Limits</LinkButton>}
    >
      {step.done ? "Limits are set and messages reach you." : `Still open: ${open.join("; ")}.`} The red Stop
      button halts everything, from every page.
    </Step>
  );
}

function RealBroker({ step }: { step: Steps["broker"] }) {
  const failing = step.checks.filter((check) => !check.passed);
  const next = failing[0];
  return (
    <Step
      isDone={step.done}
      title="When you want a real broker"
      action={<LinkButton to="/brokers">Brokers</LinkButton>}
    >
      {step.done
        ? "Every check is passed."
        : `${step.checks.length - failing.length} of ${step.checks.length} checks passed. ${
            next?.cure
              ? `Next, for ${next.broker}: ${next.cure}`
              : "No hurry: paper trading is complete without one."
          }`}
    </Step>
  );
}
