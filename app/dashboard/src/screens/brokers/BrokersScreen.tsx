import { PageHeader } from "@/components/Panel";
import { LoadFailed, Loading } from "@/components/States";
import { useTitle } from "@/hooks/useTitle";
import { BrokerPanel } from "./BrokerPanel";
import { useBrokers } from "./brokers";

/** Where orders can go, how each broker fares, and who holds the stops there. */
export function BrokersScreen() {
  useTitle("Brokers");
  const brokers = useBrokers();
  return (
    <div className="stack">
      <PageHeader
        title="Brokers"
        hint="Where orders can go. Figures are what Gatehouse saw last; nothing is asked by looking."
      />
      {brokers.isPending && <Loading what="brokers" />}
      {brokers.isError && (
        <LoadFailed what="The brokers" error={brokers.error} retry={() => void brokers.refetch()} />
      )}
      {brokers.data?.brokers.map((card) => (
        <BrokerPanel key={card.broker} card={card} />
      ))}
    </div>
  );
}
