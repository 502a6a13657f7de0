import { useState } from "react";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Percent } from "@/components/Figures";
import { Age } from "@/components/Time";
import { formatPrice } from "@/format/money";
import { BreakerDialog } from "./BreakerDialog";
import styles from "./BrokerPanel.module.css";
import type { Breaker } from "./brokers";

const PHASES = {
  armed: { word: "Armed", tone: "gain" },
  liquidating: { word: "Closing everything", tone: "loss" },
  tripped: { word: "Tripped: only exits", tone: "loss" },
} as const satisfies Record<Breaker["phase"], { word: string; tone: string }>;

/** The account's circuit breaker: whose thresholds count, what it did last, and a button to change it. */
export function BreakerSummary({ breaker }: { breaker: Breaker }) {
  const [isOpen, setIsOpen] = useState(false);
  const { word, tone } = breaker.active ? PHASES[breaker.phase] : { word: "Off", tone: "neutral" as const };
  return (
    <section className={styles.part} aria-label="Circuit breaker" id={`circuit-breaker-${breaker.broker}`}>
      <div className="row">
        <strong>Circuit breaker</strong>
        <Badge tone={tone}>{word}</Badge>
        <Button size="small" operatorOnly onClick={() => setIsOpen(true)}>
          Change
        </Button>
      </div>
      {breaker.thresholds.map((threshold) => (
        <p key={threshold.source} className="soft">
          {threshold.source === "operator" ? "By the operator" : `By bot ${threshold.source}`}
          {threshold.stop_loss_equity !== null && (
            <>
              : closes everything at an equity of {formatPrice(threshold.stop_loss_equity)} (
              <Percent fraction={threshold.glb_sl} /> of {formatPrice(threshold.base_equity)})
            </>
          )}
          {threshold.take_profit_equity !== null && (
            <>, takes the profit at {formatPrice(threshold.take_profit_equity)}</>
          )}
          .
        </p>
      ))}
      {!breaker.equity_known && (
        <p>The account's equity is not known now: entries wait until it is seen again.</p>
      )}
      {breaker.last_event && (
        <p className="soft">
          Last: {breaker.last_event} <Age at={breaker.last_event_at} />
        </p>
      )}
      <BreakerDialog breaker={breaker} isOpen={isOpen} onClose={() => setIsOpen(false)} />
    </section>
  );
}
