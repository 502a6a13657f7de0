/** Bots as the server tells them: cards of a list, one with its version, and the keys of their forms. */

import { answer, answerWithTag, api, type Schema } from "@/api/client";
import { useLive } from "@/api/queries";

export type BotCard = Schema<"BotCard">;
export type Bot = Schema<"Bot">;
export type BotState = BotCard["state"];
export type BotKeys = Schema<"BotKeys">;

/** A bot as it was read, with the tag that a change must carry. */
export interface TaggedBot {
  bot: Bot;
  etag: string;
}

// Prices move without a write that a counter would tell.
const PRICES_EVERY_MS = 10_000;

/** Every bot with what it did today. */
export function useBotCards() {
  return useLive({
    key: ["bot-cards"],
    topics: ["tickets", "orders", "positions", "trades", "state", "bots"],
    everyMs: PRICES_EVERY_MS,
    read: async () => (await answer(api.GET("/api/bot-cards"))).bots,
  });
}

/** One bot and its version. */
export function useBot(id: string) {
  return useLive({
    key: ["bot", id],
    topics: ["bots", "state"],
    read: () => readBot(id),
  });
}

/** Read a bot as it is now. */
export async function readBot(id: string): Promise<TaggedBot> {
  const { data, etag } = await answerWithTag(api.GET("/api/bots/{bot}", { params: { path: { bot: id } } }));
  return { bot: data, etag };
}

/** Every key of a bot: what it means, and within which bounds. */
export function useBotKeys() {
  return useLive({ key: ["bot-keys"], topics: [], read: () => answer(api.GET("/api/bots/schema")) });
}

/** What each trading state of a bot is called, and how it is coloured. */
export const STATE_WORDS = {
  ACTIVE: { word: "Active", tone: "gain" },
  REDUCING: { word: "Exits only", tone: "warn" },
  HALTED: { word: "Halted", tone: "loss" },
} as const satisfies Record<BotState, { word: string; tone: string }>;
