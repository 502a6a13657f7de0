import { Price, Quantity } from "@/components/Figures";
import { Panel } from "@/components/Panel";
import type { Trade } from "./trades";

type Ladder = NonNullable<Trade["ladder"]>;

const CAUSES: Record<NonNullable<Ladder["cause"]>, string> = {
  command: "asked for by an alert",
  operator: "asked for by the operator",
  profit_target: "the profit target is reached",
  stop_loss: "the stop-loss is reached",
  trailing_stop: "the trailing stop is reached",
  underlying: "the underlying came too near",
  days_before_expiry: "its expiry is near",
  expiry: "it expires today",
  broken: "a leg is missing",
  circuit_breaker: "the circuit breaker closes everything",
};

/** The order that works: where it stands, how far it goes. */
export function LadderPanel({ ladder }: { ladder: Ladder }) {
  return (
    <Panel title={ladder.role === "entry" ? "Being entered" : "Being left"}>
      <p>
        {ladder.cause !== null && `Because ${CAUSES[ladder.cause]}. `}
        <Quantity quantity={ladder.units} /> still wanted, at a net of <Price price={ladder.limit_net} />, as
        far as <Price price={ladder.last_net} />. Step {ladder.step} of {Math.max(ladder.step, ladder.steps)}
        {ladder.attempts > 1 && `, round ${ladder.attempts}`}.
      </p>
    </Panel>
  );
}
