/** What went wrong, as a sentence, and what to do about it. */

/** The envelope in which the server tells an error. */
interface Envelope {
  code: string;
  message: string;
  cure?: string | undefined;
  fields?: Record<string, string[]> | undefined;
  requestId?: string | undefined;
}

/** An answer that was not a success, or no answer at all. */
export class ApiError extends Error {
  readonly code: string;
  readonly cure: string;
  /** HTTP status; 0: there was no answer. */
  readonly status: number;
  /** What is wrong with each field of the request, where the server says so. */
  readonly fields: Record<string, string[]>;
  readonly requestId: string | undefined;

  constructor(status: number, envelope: Envelope) {
    super(envelope.message);
    this.name = "ApiError";
    this.status = status;
    this.code = envelope.code;
    this.cure = envelope.cure ?? cureFor(envelope.code, status);
    this.fields = envelope.fields ?? {};
    this.requestId = envelope.requestId;
  }

  /** Somebody else changed it since it was read. */
  get isStale(): boolean {
    return this.status === 412;
  }

  /** Nothing was heard from the server: nobody knows whether it acted. */
  get isNoContact(): boolean {
    return this.status === 0;
  }
}

const CURES: Record<string, string> = {
  NO_CONTACT: "Check that Gatehouse runs and that this device is online. The page tries again by itself.",
  ROLE_VIEWER: "Sign in with the operator's token to change things.",
  TOKEN_AGAIN: "Give the operator's token once more.",
  NOT_AUTHENTICATED: "Sign in again.",
  REQUEST_REFUSED: "Change what it names, then try again.",
};
const CURES_BY_STATUS: Record<number, string> = {
  401: "Sign in again.",
  403: "Sign in with the operator's token, on Gatehouse's own page.",
  404: "It may have ended or been removed. Go back to the list.",
  409: "Things have moved on. Look at the current state, then try again.",
  412: "Somebody else changed it meanwhile. Compare both versions, then save again.",
  413: "Make it shorter.",
  429: "Wait a moment, then try again.",
  503: "Nothing was done. Try again in a moment.",
};

function cureFor(code: string, status: number): string {
  return (
    CURES[code] ??
    CURES_BY_STATUS[status] ??
    (status >= 500 ? "Try again; if it stays, look at the activity log." : "Correct it and try again.")
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function fieldsOf(value: unknown): Record<string, string[]> | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const sentences = Object.entries(value).map(([name, said]): [string, string[]] => [
    name,
    (Array.isArray(said) ? said : [said]).map(String),
  ]);
  return Object.fromEntries(sentences);
}

/** Read the code of an error's body without assuming anything of it. */
export function codeOf(body: unknown): string | undefined {
  return isRecord(body) && isRecord(body.error) ? text(body.error.code) : undefined;
}

/** Make an error of an answer that was not a success. */
export function errorFrom(status: number, body: unknown): ApiError {
  const error = isRecord(body) && isRecord(body.error) ? body.error : {};
  return new ApiError(status, {
    code: text(error.code) ?? `HTTP_${status}`,
    message: text(error.message) ?? `The server answered ${status} without saying why.`,
    cure: text(error.cure),
    fields: fieldsOf(error.fields),
    requestId: isRecord(body) ? text(body.request_id) : undefined,
  });
}

/** Make an error of a request that got no answer. */
export function noContact(): ApiError {
  return new ApiError(0, { code: "NO_CONTACT", message: "Gatehouse does not answer." });
}

/** Turn whatever was thrown into an error with a sentence and a cure. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) {
    return thrown;
  }
  const message = thrown instanceof Error ? thrown.message : "Something unforeseen happened.";
  return new ApiError(-1, { code: "PAGE_FAILED", message, cure: "Reload the page." });
}
