import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, done } from "@/api/client";
import { useAction } from "@/api/queries";
import { Button } from "@/components/Button";
import { Confirm } from "@/components/Confirm";
import { Panel } from "@/components/Panel";
import { announce } from "@/hooks/announcements";
import { type BotCard, readBot } from "./bots";

/** The end of a bot. */
export function DeletePanel({ card }: { card: BotCard }) {
  const [isOpen, setIsOpen] = useState(false);
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = useAction(
    async () => {
      // The question was about the bot, not about one of its versions.
      const { etag } = await readBot(card.id);
      const params = { path: { bot: card.id }, header: { "If-Match": etag } };
      await done(api.DELETE("/api/bots/{bot}", { params }));
    },
    {
      onDone: () => {
        announce(`${card.name} is deleted.`);
        void navigate("/bots");
        client.removeQueries({ queryKey: ["bot", card.id] });
        void client.invalidateQueries({ queryKey: ["bot-cards"] });
        void client.invalidateQueries({ queryKey: ["bots"] });
      },
    },
  );
  return (
    <Panel
      title="Delete this bot"
      aside={
        <Button operatorOnly unavailable={whyNot(card)} onClick={() => setIsOpen(true)}>
          Delete
        </Button>
      }
    >
      <p className="soft">{whyNot(card) ?? "Its tickets and closed trades stay; its alerts are refused."}</p>
      <Confirm
        title={`Delete ${card.name}?`}
        isOpen={isOpen}
        action={`Delete ${card.name}`}
        isDangerous
        isPending={remove.isPending}
        failure={remove.error}
        onConfirm={() => remove.mutate(undefined)}
        onClose={() => setIsOpen(false)}
      >
        <p>
          Its settings and its secret are gone for good: alerts that carry it are refused. Tickets and closed
          trades stay. To stop it for a while, pause it instead.
        </p>
      </Confirm>
    </Panel>
  );
}

function whyNot(card: BotCard): string | undefined {
  if (card.id === "default") {
    return "The default bot stays: pause it instead.";
  }
  return card.positions.length + card.structures > 0
    ? "It still has open trades: close them first."
    : undefined;
}
