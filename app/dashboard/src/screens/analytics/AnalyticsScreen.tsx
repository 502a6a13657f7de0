import { LinkButton } from "@/components/LinkButton";
import { PageHeader, Panel } from "@/components/Panel";
import { EmptyState } from "@/components/States";
import { Age } from "@/components/Time";
import { useFilters } from "@/hooks/useFilters";
import { useTitle } from "@/hooks/useTitle";
import { AnalyticsFilterForm } from "./AnalyticsFilterForm";
import styles from "./AnalyticsScreen.module.css";
import { Answered, Pending } from "./Answered";
import {
  useEquity,
  useHalts,
  useLatency,
  useOpinions,
  usePerformance,
  useRefusals,
  useSlippage,
} from "./analytics";
import { EquityFigure } from "./EquityFigure";
import { FunnelFigure } from "./FunnelFigure";
import { ANALYTICS_FILTERS, type AnalyticsQuery, analyticsQuery } from "./filters";
import { LatencyFigure } from "./LatencyFigure";
import { OpinionFigure } from "./OpinionFigure";
import { RefusalFigure } from "./RefusalFigure";
import { SlippageFigures } from "./SlippageFigure";
import { TradesSection } from "./TradesSection";

/** What trades, alerts and opinions of the past came to. */
export function AnalyticsScreen() {
  useTitle("Analytics");
  const { filters, set, clear, isFiltered } = useFilters(ANALYTICS_FILTERS);
  const query = analyticsQuery(filters);
  const performance = usePerformance(query);
  const refusals = useRefusals(query);
  const isNothing = performance.data?.trades === 0 && refusals.data?.alerts === 0;
  return (
    <div className="stack">
      <PageHeader
        title="Analytics"
        hint="What trades, alerts and opinions came to. Days are UTC; currencies are never added up."
        actions={
          performance.isSuccess && (
            <p className="small soft">
              Reckoned <Age at={new Date(performance.dataUpdatedAt).toISOString()} />
            </p>
          )
        }
      />
      <AnalyticsFilterForm {...{ filters, set, clear, isFiltered }} />
      <EquityPanel query={query} />
      <TradesPanels query={query} isFiltered={isFiltered} />
      {!isNothing && (
        <>
          <AlertPanels query={query} />
          <OpinionPanel query={query} />
        </>
      )}
    </div>
  );
}

function TradesPanels({ query, isFiltered }: { query: AnalyticsQuery; isFiltered: boolean }) {
  const performance = usePerformance(query);
  const shown = (
    <Answered query={performance} what="The trades' figures">
      {(data) => <TradesSection performance={data} isFiltered={isFiltered} />}
    </Answered>
  );
  // Loading and failures have a panel around them as the figures have.
  return performance.data === undefined ? <Panel title="Trades">{shown}</Panel> : shown;
}

function EquityPanel({ query }: { query: AnalyticsQuery }) {
  const equity = useEquity(query);
  const halts = useHalts(query);
  return (
    <Panel
      title="Equity and drawdown"
      hint={
        query.bot === undefined
          ? undefined
          : "Of the account in which this bot trades, with all that trades there."
      }
    >
      <Answered query={equity} what="The equity">
        {({ accounts }) => {
          const seen = accounts.filter(({ points }) => points.length > 1);
          return seen.length === 0 ? (
            <EmptyState title="No line yet.">
              What each account is worth is written down every five minutes; the line begins with the second
              point.
            </EmptyState>
          ) : (
            seen.map((curve) => <EquityFigure key={curve.broker} curve={curve} halts={halts} />)
          );
        }}
      </Answered>
    </Panel>
  );
}

function AlertPanels({ query }: { query: AnalyticsQuery }) {
  const [refusals, latency, slippage] = [useRefusals(query), useLatency(query), useSlippage(query)];
  return (
    <>
      <Panel title="Alerts">
        <Answered query={refusals} what="The alerts' figures">
          {(data) =>
            data.alerts === 0 ? (
              <EmptyState
                title="No alert came in this range."
                action={<LinkButton to="/setup">Set up the webhook</LinkButton>}
              >
                How many got how far, and what refused the others, stands here then.
              </EmptyState>
            ) : (
              <>
                <Pending days={data.pending_days} />
                <RefusalFigure refusals={data} query={query} />
                <FunnelFigure funnel={data.funnel} />
              </>
            )
          }
        </Answered>
      </Panel>
      <div className={styles.halves}>
        <Panel title="Speed">
          <Answered query={latency} what="The latency">
            {(data) =>
              data.stages.every(({ n }) => n === 0) ? (
                <EmptyState title="Nothing to time yet.">
                  Each alert tells how long its steps took.
                </EmptyState>
              ) : (
                <LatencyFigure latency={data} />
              )
            }
          </Answered>
        </Panel>
        <Panel title="Price">
          <Answered query={slippage} what="The slippage">
            {(data) =>
              data.n === 0 ? (
                <EmptyState title="No fill to compare yet.">
                  Alerts that name a price tell how far from it their orders filled.
                </EmptyState>
              ) : (
                <SlippageFigures slippage={data} />
              )
            }
          </Answered>
        </Panel>
      </div>
    </>
  );
}

function OpinionPanel({ query }: { query: AnalyticsQuery }) {
  const opinions = useOpinions(query);
  return (
    <Panel title="Opinions">
      <Answered query={opinions} what="The opinions">
        {(data) =>
          data.opinions === 0 ? (
            <EmptyState title="No opinion was asked for in this range.">
              Trade ideas, and alerts of bots with an analyst, get one; here stands whether it deserved its
              confidence.
            </EmptyState>
          ) : (
            <OpinionFigure opinions={data} />
          )
        }
      </Answered>
    </Panel>
  );
}
