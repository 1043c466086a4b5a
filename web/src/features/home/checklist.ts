// The way to the first answered customer: order, words and where each step is done.
import type { ChecklistItem, Home } from "../../api/contract";
import type { MessageId } from "../../i18n";

export interface Step {
  title: MessageId;
  about: MessageId;
  action: MessageId;
  to: string;
  minutes: number;
}

export const STEPS: Record<ChecklistItem["key"], Step> = {
  panel: {
    title: "home.step.panel",
    about: "home.step.panel.about",
    action: "home.step.panel.do",
    to: "/panels",
    minutes: 1,
  },
  try: {
    title: "home.step.try",
    about: "home.step.try.about",
    action: "home.step.try.do",
    to: "/test-room",
    minutes: 1,
  },
  bot: {
    title: "home.step.bot",
    about: "home.step.bot.about",
    action: "home.step.bot.do",
    to: "/channels",
    minutes: 2,
  },
  customer: {
    title: "home.step.customer",
    about: "home.step.customer.about",
    action: "home.step.customer.do",
    to: "/customers",
    minutes: 2,
  },
  provider: {
    title: "home.step.provider",
    about: "home.step.provider.about",
    action: "home.step.provider.do",
    to: "/providers",
    minutes: 2,
  },
  group: {
    title: "home.step.group",
    about: "home.step.group.about",
    action: "home.step.group.do",
    to: "/channels",
    minutes: 1,
  },
};

/** Where on its page a step is done: the form for a bot is open, the bot's groups are shown, the panel whose key is to be mended. */
export function searchOf(
  key: ChecklistItem["key"],
  home: Pick<Home, "channels" | "panels">,
): Record<string, string> {
  const channel = home.channels[0];
  const panel = home.panels.find((each) => each.state !== "ok") ?? home.panels[0];
  if (key === "bot") return { connect: "1" };
  if (key === "group" && channel) return { open: channel.id };
  if (key === "panel" && panel) return { open: panel.id };
  return {};
}

export interface Progress {
  done: number;
  all: number;
  minutes: number;
  /** The first that is not done: it is open, with its button. */
  current: ChecklistItem["key"] | null;
}

export function progressOf(items: readonly ChecklistItem[]): Progress {
  const open = items.filter((item) => !item.done);
  return {
    done: items.length - open.length,
    all: items.length,
    minutes: open.reduce((sum, item) => sum + STEPS[item.key].minutes, 0),
    current: open[0]?.key ?? null,
  };
}
