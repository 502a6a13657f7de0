import { Badge } from "@/components/Badge";
import { ACCOUNT_WORDS } from "@/screens/brokers/brokers";
import { type BotCard, STATE_WORDS } from "./bots";

/** State and kind of account, in words. */
export function BotBadges({ card }: { card: BotCard }) {
  const { word, tone } = STATE_WORDS[card.state];
  const account = ACCOUNT_WORDS[card.account];
  return (
    <span className="row">
      <Badge tone={tone}>{word}</Badge>
      <Badge tone={card.live && card.account === "LIVE" ? "warn" : "neutral"}>
        {card.account === "LIVE" && !card.live ? "Real money: not allowed" : account.word}
      </Badge>
    </span>
  );
}
