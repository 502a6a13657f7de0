import { SelectField } from "@/components/Field";
import { useBots } from "@/frame/useFrameFacts";
import type { Bind } from "./wishes";

/** The choice of a bot. */
export function BotField({ bind, none }: { bind: Bind; none: string }) {
  const bots = useBots();
  return (
    <SelectField label="Bot" {...bind("bot")}>
      <option value="">{none}</option>
      {bots.data?.bots.map((bot) => (
        <option key={bot.id} value={bot.id}>
          {bot.name}
        </option>
      ))}
    </SelectField>
  );
}
