import { useEffect } from "react";
import { beginUnderWay } from "@/api/pace";

/** Ask twice as often while something is under way. */
export function useUnderWay(isUnderWay: boolean): void {
  useEffect(() => (isUnderWay ? beginUnderWay() : undefined), [isUnderWay]);
}
