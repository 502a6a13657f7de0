/** Bots as the API answers them, for tests. */

import type { Schema } from "@/api/client";

type Bot = Schema<"Bot">;
type Card = Schema<"BotCard">;
type Key = Schema<"BotKeys">["keys"][number];

/** A bot as it is made without a wish; tests change what they are about. */
export function bot(changes: Partial<Bot> = {}): Bot {
  return {
    id: "default",
    number: 1,
    name: "Default",
    broker: null,
    strategy: null,
    base_order_pct: "0.02",
    use_strategy_contracts: false,
    notional: null,
    risk_pct: null,
    risk_amount: null,
    use_limit_orders: false,
    use_strategy_order_price: false,
    limit_offset_ticks: 0,
    attach_sl_tp: false,
    sl_pct: "0.02",
    tp_pct: "0.04",
    use_avg_fill_for_sl_tp: true,
    trailing_stop_pct: null,
    break_even_pct: null,
    cover_only: true,
    enable_global_sl_tp: false,
    global_sl_pct: "0",
    global_tp_pct: "0",
    allow_short: null,
    allowed_symbols: null,
    max_order_notional: null,
    max_order_quantity: null,
    daily_order_cap: null,
    daily_notional_cap: null,
    per_symbol_cap: null,
    max_open_positions: null,
    cooldown_seconds: null,
    market_hours_only: null,
    daily_loss_limit: null,
    max_consecutive_losses: null,
    trading_windows: null,
    minutes_after_open: null,
    minutes_before_close: null,
    max_price_deviation_pct: null,
    analyst: "off",
    approval: "off",
    approval_above_notional: null,
    exits: "on",
    live: false,
    idea_structures: null,
    underlying: null,
    structure: null,
    days_to_expiry: null,
    days_to_expiry_min: null,
    days_to_expiry_max: null,
    strike_by: "delta",
    strike_value: null,
    strike_rule: "closest",
    wing_width: null,
    contracts: null,
    max_loss: null,
    max_open_trades: null,
    max_bid_ask_pct: null,
    min_open_interest: null,
    min_volume: null,
    min_credit_pct: null,
    max_debit: null,
    ladder: "normal",
    ladder_give_pct: "0.5",
    nearest_expiry_days: 7,
    nearest_strike_pct: "0.05",
    profit_target_pct: null,
    stop_loss_pct: null,
    stop_on_underlying: null,
    exit_days_before_expiry: null,
    expiry_exit_time: "15:30",
    let_expire: false,
    managed: true,
    state: "ACTIVE",
    state_reason: null,
    secret_created_at: "2026-11-01T10:00:00Z",
    created_at: "2026-11-01T10:00:00Z",
    ...changes,
  };
}

/** The card of a bot that has done nothing yet. */
export function botCard(changes: Partial<Card> = {}): Card {
  return {
    id: "momentum",
    name: "Momentum",
    broker: "paper",
    configured: true,
    account: "SIMULATED",
    currency: "USD",
    live: false,
    state: "ACTIVE",
    state_reason: null,
    state_until: null,
    structure: null,
    gain_today: "0",
    gain_unknown: [],
    orders_today: 0,
    notional_today: "0",
    limits: {
      daily_order_cap: null,
      daily_notional_cap: null,
      max_open_positions: null,
      daily_loss_limit: null,
    },
    last_ticket: null,
    positions: [],
    structures: 0,
    ...changes,
  };
}

/** A key of a bot's form. */
export function botKey(changes: Partial<Key> = {}): Key {
  return {
    name: "sl_pct",
    group: "Exits",
    type: "decimal",
    unit: "fraction",
    default: "0.01",
    help: "Distance of the stop-loss from the entry's price.",
    nullable: false,
    choices: null,
    least: 0,
    least_is_excluded: true,
    most: 1,
    most_is_excluded: false,
    ceiling: null,
    ceiling_value: null,
    combined: null,
    ...changes,
  };
}

/** Keys of each kind that a form has fields for. */
export const KEYS: readonly Key[] = [
  botKey({ name: "name", group: "General", type: "text", unit: null, default: "", least: null, most: null }),
  botKey({
    name: "base_order_pct",
    group: "Size",
    default: "0.02",
    help: "Size of an entry as a fraction of the account's equity.",
    least_is_excluded: false,
  }),
  botKey(),
  botKey({
    name: "daily_order_cap",
    group: "Limits",
    type: "integer",
    unit: null,
    default: null,
    help: "Entries a day (UTC); 0 is none.",
    nullable: true,
    least_is_excluded: false,
    most: null,
    ceiling: "DAILY_ORDER_CAP",
    ceiling_value: 5,
    combined: "lower",
  }),
  botKey({
    name: "live",
    group: "Real money",
    type: "boolean",
    unit: null,
    default: false,
    help: "Real money may be used.",
    least: null,
    most: null,
  }),
];

/** The bot of that card. */
export function storedBot(changes: Partial<Bot> = {}): Bot {
  return bot({ id: "momentum", number: 2, name: "Momentum", sl_pct: "0.01", tp_pct: "0.02", ...changes });
}
