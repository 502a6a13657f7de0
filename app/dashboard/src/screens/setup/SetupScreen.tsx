import type { Schema } from "@/api/client";
import { LinkButton } from "@/components/LinkButton";
import { PageHeader, Panel } from "@/components/Panel";
import { LoadFailed, Loading } from "@/components/States";
import { useBots } from "@/frame/useFrameFacts";
import { useTitle } from "@/hooks/useTitle";
import { addressWarnings, useHouse } from "./addresses";
import { TEST_BOT } from "./arrivals";
import { BotPanel } from "./BotPanel";
import { DoorPanel } from "./DoorPanel";
import { Listening } from "./Listening";
import styles from "./SetupScreen.module.css";
import { SetupTabs } from "./SetupTabs";
import { Warnings } from "./Warnings";

type Bot = Schema<"Bot">;

/** Where alerts come in: per bot its address, the last alert, and what was refused. */
export function SetupScreen() {
  useTitle("Webhook Setup");
  const bots = useBots();
  const { base, isKnown } = useHouse();
  return (
    <div className="stack">
      <PageHeader
        title="Webhook Setup"
        hint="Where TradingView and others send alerts, and what came of the last ones."
        actions={
          <LinkButton to="/setup/builder" kind="primary">
            Build an alert
          </LinkButton>
        }
      />
      <SetupTabs />
      <Panel title="What arrives">
        <Listening />
        {isKnown && <Warnings warnings={addressWarnings(base)} />}
      </Panel>
      {bots.isPending && <Loading what="bots" />}
      {bots.isError && <LoadFailed what="The bots" error={bots.error} retry={() => void bots.refetch()} />}
      {bots.data && (
        <>
          <p className="soft">
            All bots share one address: an alert goes to the bot whose secret it carries.
          </p>
          <div className={styles.bots}>
            {inOrder(bots.data.bots).map((bot) => (
              <BotPanel key={bot.id} bot={bot} base={base} />
            ))}
          </div>
        </>
      )}
      <DoorPanel />
    </div>
  );
}

// The one that is there from the start comes first.
function inOrder(bots: readonly Bot[]): Bot[] {
  const own = bots.filter(({ id }) => id !== TEST_BOT);
  return [...own.filter(({ id }) => id === "default"), ...own.filter(({ id }) => id !== "default")];
}
