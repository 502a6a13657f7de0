import { LinkButton } from "@/components/LinkButton";
import { PageHeader } from "@/components/Panel";
import { EmptyState } from "@/components/States";
import { useTitle } from "@/hooks/useTitle";

/** An address without a screen. */
export function NotFound() {
  useTitle("Not found");
  return (
    <div className="stack">
      <PageHeader title="Nothing is here" />
      <EmptyState
        title="There is no screen at this address."
        action={<LinkButton to="/">Go to Home</LinkButton>}
      >
        It may be mistyped, or from another version of Gatehouse.
      </EmptyState>
    </div>
  );
}
