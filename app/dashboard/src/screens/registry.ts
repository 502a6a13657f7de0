/**
 * Every screen: where it is, what it is called, and how its code is fetched.
 *
 * A screen is in the navigation once it is here. Names are the document's; a phone shows those with `onPhone`.
 */

import {
  ArrowLeftRight,
  Bot,
  ChartNoAxesCombined,
  History,
  House,
  Landmark,
  type LucideIcon,
  ScrollText,
  Settings,
  ShieldQuestion,
  Webhook,
} from "lucide-react";
import type { ComponentType } from "react";

interface Screen {
  path: string;
  label: string;
  load: () => Promise<ComponentType>;
}

export interface NavigationScreen extends Screen {
  icon: LucideIcon;
  /** The second key after "g". */
  key: string;
  onPhone?: boolean;
  /** A number that waits for somebody stands beside it. */
  counts?: "approvals";
}

export const NAVIGATION: readonly NavigationScreen[] = [
  {
    path: "/",
    label: "Home",
    icon: House,
    key: "h",
    onPhone: true,
    load: async () => (await import("./home/HomeScreen")).HomeScreen,
  },
  {
    path: "/setup",
    label: "Webhook Setup",
    icon: Webhook,
    key: "w",
    load: async () => (await import("./setup/SetupScreen")).SetupScreen,
  },
  {
    path: "/brokers",
    label: "Brokers",
    icon: Landmark,
    key: "k",
    load: async () => (await import("./brokers/BrokersScreen")).BrokersScreen,
  },
  {
    path: "/bots",
    label: "Bots",
    icon: Bot,
    key: "b",
    onPhone: true,
    load: async () => (await import("./bots/BotsScreen")).BotsScreen,
  },
  {
    path: "/trades",
    label: "Trades",
    icon: ArrowLeftRight,
    key: "t",
    load: async () => (await import("./trades/TradesScreen")).TradesScreen,
  },
  {
    path: "/logs",
    label: "Logs",
    icon: ScrollText,
    key: "l",
    onPhone: true,
    load: async () => (await import("./logs/TicketsScreen")).TicketsScreen,
  },
  {
    path: "/approvals",
    label: "Approvals",
    icon: ShieldQuestion,
    key: "a",
    onPhone: true,
    counts: "approvals",
    load: async () => (await import("./approvals/ApprovalsScreen")).ApprovalsScreen,
  },
  {
    path: "/analytics",
    label: "Analytics",
    icon: ChartNoAxesCombined,
    key: "y",
    load: async () => (await import("./analytics/AnalyticsScreen")).AnalyticsScreen,
  },
  {
    path: "/jobs",
    label: "Jobs",
    icon: History,
    key: "j",
    load: async () => (await import("./jobs/JobsScreen")).JobsScreen,
  },
  {
    path: "/settings",
    label: "Settings",
    icon: Settings,
    key: "e",
    load: async () => (await import("./settings/SettingsScreen")).SettingsScreen,
  },
];

/** Screens that are reached from others. */
export const PAGES: readonly Screen[] = [
  {
    path: "/new-bot",
    label: "New bot",
    load: async () => (await import("./bots/wizard/NewBotScreen")).NewBotScreen,
  },
  {
    path: "/bots/:bot",
    label: "Bot",
    load: async () => (await import("./bots/BotScreen")).BotScreen,
  },
  {
    path: "/trades/:number",
    label: "Trade",
    load: async () => (await import("./trades/TradeScreen")).TradeScreen,
  },
  {
    path: "/setup/builder",
    label: "Alert builder",
    load: async () => (await import("./setup/builder/BuilderScreen")).BuilderScreen,
  },
  { path: "/jobs/:job", label: "Job", load: async () => (await import("./jobs/JobScreen")).JobScreen },
  {
    path: "/logs/activity",
    label: "Activity",
    load: async () => (await import("./logs/ActivityScreen")).ActivityScreen,
  },
  {
    path: "/logs/refusals",
    label: "Refused at the door",
    load: async () => (await import("./logs/RefusalsScreen")).RefusalsScreen,
  },
  {
    path: "/tickets/:ticket",
    label: "Ticket",
    load: async () => (await import("./ticket/TicketScreen")).TicketScreen,
  },
];
