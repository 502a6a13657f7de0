import { Panel } from "@/components/Panel";
import { EXIT_KEYS, faultsOf, LIMIT_KEYS } from "./draft";
import type { StepProps } from "./NewBotScreen";
import { StepFields } from "./StepFields";
import { StepForm } from "./StepForm";

/** What protects a position, and what keeps a bot from entering too much. */
export function LimitsStep(props: StepProps) {
  const { draft, schema, onNext } = props;
  const faults = faultsOf("limits", draft, schema.keys);
  const isProtected = draft.texts.attach_sl_tp === "true";
  const isByStop = draft.way === "risk_pct" || draft.way === "risk_amount";
  return (
    <StepForm isGood={Object.keys(faults).length === 0} onNext={onNext}>
      {(isTold) => (
        <>
          <Panel
            title="Exits"
            hint="Without these, positions are left by your alerts, by their own levels, or by you."
          >
            {isByStop && !isProtected && (
              <p>
                You size entries by their stop: protect every position, or have each alert carry a stop of its
                own. An entry without a stop is refused.
              </p>
            )}
            <StepFields
              {...props}
              names={isProtected ? EXIT_KEYS : EXIT_KEYS.slice(0, 1)}
              faults={isTold ? faults : {}}
            />
          </Panel>
          <Panel
            title="Limits"
            hint="They concern entries alone and never hold anybody in a position. Empty is no limit of its own."
          >
            <StepFields {...props} names={LIMIT_KEYS} faults={isTold ? faults : {}} />
          </Panel>
        </>
      )}
    </StepForm>
  );
}
