import { useQuery } from "@tanstack/react-query";
import { homeQuery } from "../api/queries";
import { useT } from "../i18n";
import { useFormat, useSession } from "../lib/session";
import type { Tone } from "../ui/State";

interface Fact {
  tone: Tone;
  text: string;
}

/** Channels online and days of credit, from the same answer as Home. */
export function useFoot(): { channels: Fact; credits: Fact } | null {
  const t = useT();
  const format = useFormat();
  const { tenant, can } = useSession();
  const query = useQuery({
    ...homeQuery(tenant?.tenant ?? ""),
    enabled: tenant !== null && tenant.state !== "provisioning" && can("home.read"),
  });
  const home = query.data;
  if (!home) return null;
  const counted = home.channels.filter((channel) => channel.state !== "disabled");
  const online = counted.filter((channel) => channel.state === "online").length;
  const channels: Fact =
    counted.length === 0
      ? home.channels.length === 0
        ? { tone: "off", text: t("shell.no_channel") }
        : { tone: "pause", text: t("shell.channels_off") }
      : {
          tone: online === counted.length ? "done" : "failed",
          text: t("shell.online", { online, all: counted.length }),
        };
  const { days_left, messages_left } = home.credits;
  const credits: Fact =
    messages_left <= 0
      ? { tone: "person", text: t("shell.no_credits") }
      : days_left === null
        ? { tone: "wait", text: t("shell.messages_left", { count: messages_left }) }
        : {
            tone: days_left <= 3 ? "person" : "wait",
            text: t("shell.days_left", {
              days: format.number(Math.floor(days_left)),
              count: Math.floor(days_left),
            }),
          };
  return { channels, credits };
}
