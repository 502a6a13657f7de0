import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { ApiError } from "@/api/errors";
import { LoadFailed, Loading, Stale } from "@/components/States";

interface AnsweredProps<Data> {
  query: UseQueryResult<Data, ApiError>;
  /** What is read, as a sentence begins: "The latency". */
  what: string;
  children: (data: Data) => ReactNode;
}

/** What was answered; until then that it loads, and where it failed why, with the older figures below. */
export function Answered<Data>({ query, what, children }: AnsweredProps<Data>) {
  const { data, isError, error, dataUpdatedAt, isPlaceholderData } = query;
  if (isError && (data === undefined || isPlaceholderData)) {
    return <LoadFailed what={what} error={error} retry={() => void query.refetch()} />;
  }
  if (data === undefined) {
    return <Loading what={what.replace("The ", "the ")} />;
  }
  return (
    <>
      {isError && (
        <Stale at={new Date(dataUpdatedAt).toISOString()}>{`${what} could not be read again.`}</Stale>
      )}
      {children(data)}
    </>
  );
}

/** Says that older days are left out for now. */
export function Pending({ days }: { days: number }) {
  return days === 0 ? null : (
    <p className="small soft">
      {`${days} older ${days === 1 ? "day is" : "days are"} not added up yet and left out; ` +
        "the clock is at it, a few minutes at most."}
    </p>
  );
}
