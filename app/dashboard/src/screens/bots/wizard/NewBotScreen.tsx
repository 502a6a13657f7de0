import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { useAction } from "@/api/queries";
import { LeaveQuestion } from "@/components/LeaveQuestion";
import { PageHeader } from "@/components/Panel";
import { LoadFailed, Loading } from "@/components/States";
import { announce } from "@/hooks/announcements";
import { useFilters } from "@/hooks/useFilters";
import { useTitle } from "@/hooks/useTitle";
import { useBrokers } from "@/screens/brokers/brokers";
import { keepSecret } from "@/screens/setup/secrets";
import { type BotKeys, useBotKeys } from "../bots";
import { Created } from "./Created";
import { bodyOf, idOf, type NewBot, NOTHING_TYPED, STEP_WORDS, STEPS, type Step } from "./draft";
import { LimitsStep } from "./LimitsStep";
import { NameStep } from "./NameStep";
import { ReviewStep } from "./ReviewStep";
import { SizeStep } from "./SizeStep";
import { Steps } from "./Steps";

export interface StepProps {
  draft: NewBot;
  schema: BotKeys;
  brokers: readonly Schema<"BrokerCard">[];
  /** Change something of what is typed. */
  change: (changes: Partial<NewBot>) => void;
  /** Go on to the next step. */
  onNext: () => void;
}

/** Four steps to a new bot; what is typed stays, whichever step is looked at. */
export function NewBotScreen() {
  useTitle("New bot");
  const schema = useBotKeys();
  const brokers = useBrokers();
  const failed = [schema, brokers].find(({ isError, data }) => isError && !data);
  return (
    <div className="stack">
      <PageHeader
        title="New bot"
        hint="Four steps; everything can be changed later, but for its short name."
      />
      {(schema.isPending || brokers.isPending) && <Loading what="what a bot can be" />}
      {failed && (
        <LoadFailed
          what="What a bot can be"
          error={failed.error}
          retry={() => {
            void schema.refetch();
            void brokers.refetch();
          }}
        />
      )}
      {schema.data && brokers.data && <Wizard schema={schema.data} brokers={brokers.data.brokers} />}
    </div>
  );
}

function useCreate(draft: NewBot, schema: BotKeys) {
  const client = useQueryClient();
  return useAction(() => answer(api.POST("/api/bots", { body: bodyOf(draft, schema) })), {
    onDone: (made) => {
      keepSecret(made.id, made.secret);
      void client.invalidateQueries({ queryKey: ["bots"] });
      void client.invalidateQueries({ queryKey: ["bot-cards"] });
      announce(`${made.name} is made.`);
    },
  });
}

function Wizard({ schema, brokers }: Pick<StepProps, "schema" | "brokers">) {
  const { filters, set } = useFilters({ step: "name" });
  const [draft, setDraft] = useState(NOTHING_TYPED);
  const create = useCreate(draft, schema);
  const isBegun = draft !== NOTHING_TYPED;
  // Whoever opens a later step by its address has nothing to review yet.
  const step: Step = (idOf(draft) !== "" && STEPS.find((one) => one === filters.step)) || "name";
  const heading = useRef<HTMLHeadingElement>(null);
  const last = useRef(step);
  useEffect(() => {
    if (last.current !== step) {
      last.current = step;
      heading.current?.focus();
    }
  }, [step]);
  if (create.data) {
    return <Created bot={create.data} />;
  }
  const goTo = (next: Step) => set({ step: next });
  const change = (changes: Partial<NewBot>) => setDraft((before) => ({ ...before, ...changes }));
  const next = STEPS[STEPS.indexOf(step) + 1] ?? "review";
  const props: StepProps = { draft, schema, brokers, change, onNext: () => goTo(next) };
  return (
    <>
      <Steps current={step} onGo={goTo} />
      <section className="stack" aria-labelledby="step">
        <h2 id="step" ref={heading} tabIndex={-1}>
          {STEP_WORDS[step]}
        </h2>
        {step === "name" && <NameStep {...props} />}
        {step === "size" && <SizeStep {...props} />}
        {step === "limits" && <LimitsStep {...props} />}
        {step === "review" && <ReviewStep {...props} create={create} />}
      </section>
      <LeaveQuestion isDirty={isBegun} what="The bot is not made yet; what you typed would be gone." />
    </>
  );
}
