import { HttpResponse, http } from "msw";
import type { ChannelCard, GroupRow } from "../src/api/contract";
import { ago, id, json, none, page, problem, scenario, T } from "./kit";

const card = (n: number, name: string, more: Partial<ChannelCard> = {}): ChannelCard => ({
  id: id(4, n),
  name,
  channel: "telegram_bot",
  username: `${name.toLowerCase().replace(/\W/g, "_")}_bot`,
  state: "online",
  state_text: "Online",
  next: "",
  since: ago(9000 * n),
  last_in_at: ago(n),
  last_out_at: ago(n),
  queued: 0,
  today: { in: 412, out: 398, refused: 1 },
  reads_groups: true,
  privacy_warning: null,
  groups: { support: 1, silent: 1, off: 2 },
  history: [{ at: ago(9000 * n), state: "online", text: "Connected" }],
  ...more,
});

let cards: ChannelCard[] = [
  card(2, "Himal Boost", {
    state: "logged_out",
    state_text: "Token refused",
    next: "Telegram refuses the token. Get the new one from BotFather; groups and routes are kept.",
    queued: 6,
    since: ago(13),
  }),
  card(1, "Support"),
  card(3, "Wholesale", {
    reads_groups: false,
    privacy_warning:
      "The bot's privacy mode is on: in groups it hears only commands. Turn it off in BotFather.",
  }),
];
const groups: GroupRow[] = ["Rina team", "Cedar refills", "Old resellers", "Announcements"].map(
  (title, n) => ({
    id: id(6, n),
    title,
    mode: n === 0 ? "support" : n === 1 ? "silent" : "off",
    party: n === 1 ? "provider" : "none",
    provider_alias: n === 1 ? "Cedar" : null,
    customer: n === 0 ? { id: id(7, 1), name: "rina_media" } : null,
    acts_as_one: n === 0,
    last_at: ago(n * 300 + 2),
    lost_reason: n === 3 ? "The bot was removed from this group" : null,
  }),
);

const one = (params: Record<string, unknown>) => cards.find((each) => each.id === params.id);
const change = (params: Record<string, unknown>, more: Partial<ChannelCard>) => {
  cards = cards.map((each) => (each.id === params.id ? { ...each, ...more } : each));
  const changed = one(params);
  return changed ? json(changed) : problem(404, "not-found");
};

export const channelHandlers = [
  http.get(`${T}/channels`, () => json(scenario("new") || scenario("setup") ? [] : cards)),
  http.post(`${T}/channels/telegram-bots`, async ({ request }) => {
    const { name, token } = (await request.json()) as { name: string; token: string };
    if (!/^\d+:[\w-]{20,}$/.test(token)) {
      const message = "This is not a whole token. It looks like 123456:ABC…";
      return problem(422, "validation", { errors: [{ field: "token", code: "format", message }] });
    }
    cards = [...cards, card(cards.length + 1, name)];
    return json(cards.at(-1), 201);
  }),
  http.post(`${T}/channels/:id/token`, ({ params }) =>
    change(params, { state: "online", state_text: "Online", next: "", queued: 0 }),
  ),
  http.post(`${T}/channels/:id/check`, ({ params }) => change(params, {})),
  http.patch(`${T}/channels/:id`, async ({ params, request }) => {
    const { enabled } = (await request.json()) as { enabled?: boolean };
    return change(
      params,
      enabled ? { state: "online", state_text: "Online" } : { state: "disabled", state_text: "Paused" },
    );
  }),
  http.delete(`${T}/channels/:id`, ({ params }) => {
    cards = cards.filter((each) => each.id !== params.id);
    return none();
  }),
  http.get(`${T}/channels/:id/groups`, ({ request }) => json(page(groups, new URL(request.url)))),
  http.put(`${T}/chats/:id/mode`, async ({ params, request }) => {
    const group = groups.find((each) => each.id === params.id);
    if (!group) return problem(404, "not-found");
    Object.assign(group, await request.json());
    return HttpResponse.json(group);
  }),
];
