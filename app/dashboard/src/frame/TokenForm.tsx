import { type FormEvent, useState } from "react";
import { type ApiError, asApiError } from "@/api/errors";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Failure } from "@/components/States";

interface TokenFormProps {
  action: string;
  onToken: (token: string) => Promise<unknown>;
  onCancel?: () => void;
}

/** A field for the operator's or viewer's token: pasted, or filled in by a password manager. */
export function TokenForm({ action, onToken, onCancel }: TokenFormProps) {
  const [token, setToken] = useState("");
  const [failure, setFailure] = useState<ApiError | null>(null);
  const [isPending, setIsPending] = useState(false);
  const [isMissing, setIsMissing] = useState(false);
  const [isShown, setIsShown] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isPending) {
      return;
    }
    if (token.trim() === "") {
      setIsMissing(true);
      return;
    }
    setIsMissing(false);
    setIsPending(true);
    setFailure(null);
    try {
      await onToken(token.trim());
    } catch (error) {
      setFailure(asApiError(error));
    } finally {
      setIsPending(false);
    }
  };

  return (
    <form className="stack" noValidate onSubmit={(event) => void submit(event)}>
      {/* A password manager keeps a token under a name. */}
      <input hidden autoComplete="username" name="username" defaultValue="gatehouse" />
      <Field
        label="Token"
        data-autofocus
        name="token"
        type={isShown ? "text" : "password"}
        autoComplete="current-password"
        autoCapitalize="none"
        spellCheck={false}
        error={isMissing ? "Paste the token first." : undefined}
        value={token}
        onChange={(event) => setToken(event.target.value)}
      />
      <label className="row small">
        <input type="checkbox" checked={isShown} onChange={(event) => setIsShown(event.target.checked)} />
        Show the token
      </label>
      {failure && <Failure error={failure} />}
      <div className="row">
        <Button kind="primary" type="submit" isPending={isPending}>
          {action}
        </Button>
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
      </div>
    </form>
  );
}
