import { lazy, type ReactNode, Suspense } from "react";
import { Link, useParams } from "react-router";
import { Badge } from "@/components/Badge";
import { Average, Money, Price, Quantity } from "@/components/Figures";
import { PageHeader, Panel } from "@/components/Panel";
import { EmptyState, LoadFailed, Loading } from "@/components/States";
import { Time } from "@/components/Time";
import { useTitle } from "@/hooks/useTitle";
import { useUnderWay } from "@/hooks/useUnderWay";
import { CloseTrade } from "./CloseTrade";
import { LadderPanel } from "./LadderPanel";
import { LegsTable } from "./LegsTable";
import styles from "./TradesScreen.module.css";
import { isHeld, isReceived, TRADE_STATES, type Trade, tradeTitle, useTrade, withoutSign } from "./trades";

const Payoff = lazy(async () => ({ default: (await import("./Payoff")).Payoff }));

/** One trade: its legs, what it may still win or lose, and the tickets that made it. */
export function TradeScreen() {
  const number = Number(useParams().number);
  return Number.isInteger(number) ? (
    <Known number={number} />
  ) : (
    <EmptyState title="Trades have whole numbers." action={<Link to="/trades">All trades</Link>} />
  );
}

function Known({ number }: { number: number }) {
  useTitle(`Trade ${number}`);
  const trade = useTrade(number);
  useUnderWay(trade.data?.state === "opening" || trade.data?.state === "closing");
  if (trade.isError) {
    return <LoadFailed what="The trade" error={trade.error} retry={() => void trade.refetch()} />;
  }
  return trade.data ? <Whole trade={trade.data} /> : <Loading what="the trade" />;
}

function Whole({ trade }: { trade: Trade }) {
  const { word, tone } = TRADE_STATES[trade.state];
  const currency = trade.currency ?? "";
  return (
    <div className="stack">
      <PageHeader
        title={tradeTitle(trade)}
        hint={
          <>
            No. {trade.number}, <Link to={`/bots/${trade.bot}`}>{trade.bot}</Link> at {trade.broker}, since{" "}
            <Time at={trade.entered_at} withZone />
          </>
        }
        actions={isHeld(trade) && <CloseTrade trade={trade} />}
      />
      <Panel title="How it stands" aside={<Badge tone={tone}>{word}</Badge>}>
        <dl className={styles.facts}>
          <Fact name="Gain after fees">
            <Money amount={trade.profit_loss} currency={currency} isGain />
          </Fact>
          <Fact name="Units">
            <Quantity quantity={trade.units} />
          </Fact>
          <Prices trade={trade} />
          {trade.structure !== null && (
            <>
              <Fact name="Largest loss">
                {trade.largest_loss === null ? (
                  "no end"
                ) : (
                  <Money amount={trade.largest_loss} currency={currency} />
                )}
              </Fact>
              <Fact name="Largest gain">
                {trade.largest_gain === null ? (
                  "no end"
                ) : (
                  <Money amount={trade.largest_gain} currency={currency} />
                )}
              </Fact>
            </>
          )}
          <Fact name="Fees">
            <Money amount={trade.fees} currency={currency} />
          </Fact>
          {trade.closed_at && (
            <Fact name="Closed">
              <Time at={trade.closed_at} withZone />
            </Fact>
          )}
        </dl>
        {trade.reason && (
          <p>
            <code>{trade.reason}</code>
          </p>
        )}
      </Panel>
      {trade.ladder && <LadderPanel ladder={trade.ladder} />}
      {trade.payoff && (
        <Suspense fallback={<Loading what="the payoff" />}>
          <Payoff trade={trade} payoff={trade.payoff} />
        </Suspense>
      )}
      <LegsTable legs={trade.legs} />
      <Panel title="The tickets that made it">
        <ul className={styles.tickets}>
          {trade.tickets.map((ticket, place) => (
            <li key={ticket}>
              <Link to={`/tickets/${ticket}`}>{`Why? Ticket ${place + 1}`}</Link>
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}

/** What one cost or brought, at first and at last; the words say which way the money went. */
function Prices({ trade: { entry_net, mark_net, exit_net, closed_at } }: { trade: Trade }) {
  return (
    <>
      <Fact name={isReceived(entry_net) ? "Received for one" : "Paid for one"}>
        <Average price={withoutSign(entry_net)} />
      </Fact>
      {closed_at === null ? (
        <Fact name={isReceived(entry_net) ? "Costs to leave now" : "Worth now"}>
          <Price price={isReceived(entry_net) ? withoutSign(mark_net) : mark_net} />
        </Fact>
      ) : (
        <Fact name={isReceived(exit_net) ? "Left for, received" : "Left for, paid"}>
          <Average price={withoutSign(exit_net)} />
        </Fact>
      )}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
