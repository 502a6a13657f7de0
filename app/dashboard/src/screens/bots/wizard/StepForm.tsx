import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "@/components/Button";

interface Props {
  /** Whether everything in it can be used. */
  isGood: boolean;
  action?: string;
  onNext: () => void;
  /** The fields; they tell what is wrong once somebody wanted to go on. */
  children: (isTold: boolean) => ReactNode;
}

/** A step: goes on when everything is right, and says what is not once somebody tries. */
export function StepForm({ isGood, action = "Next", onNext, children }: Props) {
  const [isTold, setIsTold] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isGood) {
      onNext();
    } else {
      setIsTold(true);
    }
  };
  return (
    <form className="stack" onSubmit={submit} noValidate>
      {children(isTold)}
      {isTold && !isGood && <p role="alert">Correct what is marked, then go on.</p>}
      <div className="row">
        <Button type="submit" kind="primary">
          {action}
        </Button>
      </div>
    </form>
  );
}
