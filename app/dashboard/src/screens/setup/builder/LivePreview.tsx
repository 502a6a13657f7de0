import { useMemo } from "react";
import { answer, api } from "@/api/client";
import { useLive } from "@/api/queries";
import { Badge } from "@/components/Badge";
import { Failure, Loading } from "@/components/States";
import { STATUS_WORDS } from "@/format/tickets";
import { useIsOperator } from "@/hooks/useSession";
import { PreviewOutcome } from "@/screens/ticket/PreviewOutcome";
import styles from "./Builder.module.css";
import { checkJson, forPreview } from "./checks";
import { type Chart, sampleOf } from "./placeholders";
import type { Bot, Source } from "./sources";
import { useDebounced } from "./useDebounced";

const PAUSE_MS = 400;

interface PreviewProps {
  /** The message without its secret. */
  text: string;
  chart: Chart;
  source: Source;
  bot: Bot;
}

/** What the message would do if it came now: its orders, or why there would be none. */
export function LivePreview({ text, chart, source, bot }: PreviewProps) {
  const isOperator = useIsOperator();
  const typed = useMemo(() => ({ text, chart }), [text, chart]);
  const wanted = useDebounced(typed, PAUSE_MS);
  const takesLines = source.isForeign ?? false;
  const isGood = checkJson(wanted.text, sampleOf(wanted.chart), { takesLines }).error === null;
  const preview = useLive({
    key: ["preview", bot.id, source.label, wanted],
    topics: ["bots", "state"],
    enabled: isOperator && isGood,
    keepPrevious: true,
    read: () => {
      // The time is that of asking: an alert that is too old would be refused.
      const { alert, line } = checkJson(wanted.text, sampleOf(wanted.chart), { takesLines });
      if (line !== null) {
        const sent = { params: { query: { bot: bot.id } }, bodySerializer: String, body: line };
        return answer(api.POST("/api/preview", sent));
      }
      return answer(api.POST("/api/preview", { body: forPreview(alert ?? {}, source, bot) }));
    },
  });
  if (!isOperator) {
    return <p className="soft">Viewers see no preview: sign in with the operator's token.</p>;
  }
  if (!isGood) {
    return <p className="soft">As soon as the message is valid JSON, you see here what it would do.</p>;
  }
  const { data, error } = preview;
  return (
    <div className={styles.preview} aria-busy={preview.isFetching || undefined}>
      {preview.isPending && <Loading what="the preview" />}
      {error && <Failure error={error} />}
      {data && !error && (
        <>
          <p className="row">
            <Badge tone={STATUS_WORDS[data.status].tone}>{STATUS_WORDS[data.status].word}</Badge>
            <span className="soft small">would be the ticket's state</span>
          </p>
          {source.isForeign && data.recognised && (
            <p className="small">Recognised: {data.recognised.service}</p>
          )}
          <PreviewOutcome preview={data} />
        </>
      )}
    </div>
  );
}
