import { Component, type ReactNode } from "react";
import { asApiError } from "@/api/errors";
import { Button } from "@/components/Button";
import { Failure } from "@/components/States";

/** Keeps the frame, and Stop with it, when a screen fails. */
export class ScreenBoundary extends Component<{ children: ReactNode }, { thrown: unknown }> {
  override state: { thrown: unknown } = { thrown: null };

  static getDerivedStateFromError(thrown: unknown): { thrown: unknown } {
    return { thrown };
  }

  override render(): ReactNode {
    if (this.state.thrown === null) {
      return this.props.children;
    }
    return (
      <Failure
        error={asApiError(this.state.thrown)}
        action={<Button onClick={() => location.reload()}>Reload</Button>}
      />
    );
  }
}
