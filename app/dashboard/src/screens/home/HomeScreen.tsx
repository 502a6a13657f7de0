import { PageHeader } from "@/components/Panel";
import { useTitle } from "@/hooks/useTitle";

export function HomeScreen() {
  useTitle("Home");
  return (
    <div className="stack">
      <PageHeader title="Home" />
    </div>
  );
}
