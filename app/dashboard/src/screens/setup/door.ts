/** What is refused before it becomes a ticket: in words, with what to do. */

import { answer, api, type Schema } from "@/api/client";
import { useLive } from "@/api/queries";

export type Refusal = Schema<"Refusal">;

type Told = Pick<Refusal, "code" | "status"> & Partial<Pick<Refusal, "setting">>;

interface Words {
  what: string;
  cure: string;
}

const DAY_MS = 86_400_000;
const MALFORMED = "ALERT_MALFORMED";
const WORDS: Record<string, Words> = {
  NOT_AUTHENTICATED: {
    what: "No or a wrong secret",
    cure: "Copy the message anew from the builder with the bot's secret in it, or make a new secret.",
  },
  TOO_MANY_WRONG_SECRETS: {
    what: "Wrong secrets, again and again",
    cure: "Where these are your own alerts, copy the message anew. A right secret is still taken.",
  },
  [MALFORMED]: {
    what: "Broken JSON, or a field that is missing or wrong",
    cure: "Paste the message into the builder: it shows the place.",
  },
  IDEA_MALFORMED: {
    what: "Not the shape of a trade idea",
    cure: "Compare it with the trade idea in the builder.",
  },
  STRUCTURE_MALFORMED: { what: "Legs that make no structure", cure: "Compare them with docs/commands.md." },
  TRIM_MALFORMED: { what: "A trim that is no percentage", cure: "Write a whole number from 1 to 100." },
  BODY_TOO_LARGE: {
    what: "A message that is too long",
    cure: "Make it shorter, or raise MAX_CONTENT_LENGTH.",
  },
  SOURCE_NOT_ALLOWED: {
    what: "From an address that is not allowed",
    cure: "Add it to the list of addresses if it is yours.",
  },
  TOO_MANY_REQUESTS: {
    what: "Too many alerts in one moment",
    cure: "Raise RATE_LIMIT_PER_SECOND to the number of alerts that come together.",
  },
  NOT_FOUND: {
    what: "No such bot, or no such address",
    cure: "Compare the webhook URL letter by letter, and the bot's name in the message.",
  },
  METHOD_NOT_ALLOWED: {
    what: "Not sent as POST",
    cure: "Alerts are sent by POST; opening the address does nothing.",
  },
  STORE_UNAVAILABLE: {
    what: "Not stored: the store could not be reached",
    cure: "TradingView sends it again by itself. Look at the activity log.",
  },
};

/** Say what was wrong with a refused request, and what to do. */
export function doorWords({ code, status, setting }: Told): Words {
  const words = WORDS[code] ?? { what: `${code} (${status})`, cure: "Look at the activity log." };
  return setting ? { ...words, cure: `Add it to ${setting} if it is yours.` } : words;
}

/** Alerts that were refused in the last 24 hours, the newest first; those of one bot where it is named. */
export function useDoor(bot?: string) {
  const refusals = useLive({
    key: ["refusals"],
    topics: ["refusals"],
    read: () => answer(api.GET("/api/refusals")),
  });
  const rows = refusals.data?.refusals.filter(
    (row) => isAlert(row) && isRecent(row) && (bot === undefined || row.bot === bot),
  );
  return { ...refusals, rows };
}

function isAlert({ path, sender }: Refusal): boolean {
  return path.startsWith("/webhook") || path.startsWith("/tradingview") || sender !== null;
}

function isRecent({ at }: Refusal): boolean {
  return Date.now() - Date.parse(at) < DAY_MS;
}

/** What the activity log says of malformed alerts: the place in the message, without anything secret. */
export function useDoorDetail(row: Refusal): string | undefined {
  const isMalformed = row.code === MALFORMED || row.code === "IDEA_MALFORMED";
  const log = useLive({
    key: ["logs", "turned away"],
    topics: ["refusals"],
    enabled: isMalformed,
    read: () => answer(api.GET("/api/logs", { params: { query: { q: "turned away", limit: 50 } } })),
  });
  // The log has it as "alert from … turned away: what was wrong", cut at the colon.
  const source = `alert from ${row.address} turned away`;
  const [first, last] = [Date.parse(row.first_at ?? row.at) - 1000, Date.parse(row.at) + 1000];
  const line = log.data?.lines.find(
    (one) => one.source === source && Date.parse(one.at) >= first && Date.parse(one.at) <= last,
  );
  return isMalformed ? line?.text : undefined;
}
