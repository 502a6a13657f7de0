import type { Schema } from "@/api/client";
import { Code } from "@/components/Code";
import { LinkButton } from "@/components/LinkButton";
import { Panel } from "@/components/Panel";
import { useHouse } from "@/screens/setup/addresses";

/** The bot is there: its secret, which is shown this once, and what comes next. */
export function Created({ bot }: { bot: Schema<"CreatedBot"> }) {
  const { base } = useHouse();
  const named = encodeURIComponent(bot.id);
  return (
    <Panel title={`${bot.name || bot.id} is there`}>
      <p>
        <strong>Its secret is shown this once.</strong> It goes into every alert that is meant for this bot;
        Gatehouse keeps only its digest.
      </p>
      <Code text={bot.secret} what="secret" />
      <p>Alerts are sent to:</p>
      <Code text={`${base}/webhook`} what="webhook address" isLine />
      <div className="row">
        <LinkButton kind="primary" to={`/setup/builder?bot=${named}`}>
          Build its first alert
        </LinkButton>
        <LinkButton to={`/bots/${named}`}>Open the bot</LinkButton>
      </div>
    </Panel>
  );
}
