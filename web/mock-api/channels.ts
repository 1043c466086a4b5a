import { http } from "msw";
import type { BindCode, ChannelCard, ChatRow, GroupMembers, GroupRow } from "../src/api/contract";
import { ago, id, json, none, page, problem, scenario, T } from "./kit";

const card = (n: number, name: string, more: Partial<ChannelCard> = {}): ChannelCard => ({
  id: id(4, n),
  name,
  channel: "telegram_bot",
  username: `${name.toLowerCase().replace(/\W/g, "_")}_bot`,
  state: "online",
  state_text: "Connected: messages arrive and are answered.",
  received_elsewhere: false,
  next: "Nothing to do.",
  since: ago(9000 * n),
  last_in_at: ago(n),
  last_out_at: ago(n),
  queued: 0,
  today: { in: 412, out: 398, refused: 1 },
  reads_groups: true,
  privacy_warning: null,
  groups: { support: 1, silent: 1, off: 2 },
  history: [
    { at: ago(9000 * n), state: "online", text: "Connected: messages arrive and are answered." },
    { at: ago(9001 * n), state: "connecting", text: "Connecting to the chat network." },
  ],
  ...more,
});

let cards: ChannelCard[] = [
  card(2, "Himal Boost", {
    state: "logged_out",
    state_text: "The chat network no longer accepts this account's token.",
    next: "Open @BotFather, choose the bot, press API Token, and paste it under New token.",
    queued: 6,
    since: ago(13),
  }),
  card(1, "Support"),
  card(4, "Resale", {
    state: "backing_off",
    received_elsewhere: true,
    state_text:
      "Another program receives this account's messages, so they do not arrive here. They go to bots.example.",
    next: "Stop the other program and press Check. Or press Take over: it then receives nothing any more.",
  }),
  card(3, "Wholesale", {
    reads_groups: false,
    privacy_warning:
      "The bot's privacy mode is on: in groups it hears only commands. Turn it off in BotFather.",
  }),
];
const titles = ["Rina team", "Cedar refills", "Old resellers", "Announcements"];
const groups: GroupRow[] = Array.from({ length: scenario("many") ? 130 : 4 }, (_, n) => ({
  id: id(6, n),
  title: titles[n] ?? `Resellers ${n}`,
  mode: n === 0 ? "support" : n === 2 ? "silent" : "off",
  party: n === 1 ? "provider" : n === 3 ? "none" : "customer",
  provider_alias: n === 1 ? "Cedar" : null,
  customer: n === 0 ? { id: id(7, 1), name: "rina_media" } : null,
  acts_as_one: n === 0,
  last_at: n === 3 ? null : ago(n * 300 + 2),
  lost_reason: n === 2 ? "the bot was removed from the group" : null,
}));

const one = (params: Record<string, unknown>) => cards.find((each) => each.id === params.id);
const change = (params: Record<string, unknown>, more: Partial<ChannelCard>) => {
  cards = cards.map((each) => (each.id === params.id ? { ...each, ...more } : each));
  const changed = one(params);
  return changed ? json(changed) : problem(404, "not-found");
};
const badToken = (token: string) =>
  /^\d+:[\w-]{20,}$/.test(token)
    ? null
    : problem(422, "validation", {
        errors: [
          {
            field: "token",
            code: "malformed",
            message:
              "This is not a whole token. It looks like 123456789:AA… and is about 46 characters long.",
          },
        ],
      });
const chat = (group: GroupRow): ChatRow => ({
  id: group.id,
  account: { id: id(4, 1), name: "Support", channel: "telegram_bot" },
  kind: "group",
  title: group.title,
  customer: group.customer,
  party: group.party,
  mode: group.mode,
  unread: 0,
  last: group.last_at ? { at: group.last_at, text: "481799190 refill", from: "customer" } : null,
  bot_paused_until: null,
  lost_reason: group.lost_reason,
});
const members = (group: GroupRow): GroupMembers => ({
  acts_as_one: group.acts_as_one,
  since: group.acts_as_one ? ago(9000) : null,
  members: ["Rina", "Dev Patel", "Sita"].map((display_name, n) => ({
    id: id(8, n),
    display_name,
    network_id: String(7_000_000 + n),
    customer: n === 0 ? { id: id(7, 1), name: "rina_media" } : null,
    since: ago(n === 2 ? 60 : 20_000),
    is_late: group.acts_as_one && n === 2,
  })),
});

let asked = 0;
let bound: BindCode | null = null;

export const channelHandlers = [
  http.get(`${T}/channels`, () => json(scenario("new") || scenario("setup") ? [] : cards)),
  http.post(`${T}/channels/telegram-bots`, async ({ request }) => {
    const { name, token } = (await request.json()) as { name: string; token: string };
    if (token.startsWith("1:")) return problem(409, "channel-taken");
    const bad = badToken(token);
    if (bad) return bad;
    const privacy_warning = "This bot sees only commands and replies in groups.";
    cards = [...cards, card(cards.length + 1, name, { reads_groups: false, privacy_warning })];
    return json(cards.at(-1), 201);
  }),
  http.post(`${T}/channels/:id/token`, async ({ params, request }) => {
    const { token } = (await request.json()) as { token: string };
    return badToken(token) ?? change(params, { state: "online", next: "", queued: 0 });
  }),
  http.post(`${T}/channels/:id/check`, ({ params }) => change(params, {})),
  http.post(`${T}/channels/:id/take-over`, ({ params }) =>
    change(params, {
      state: "connecting",
      received_elsewhere: false,
      state_text: "Connecting to the chat network.",
      next: "Nothing.",
    }),
  ),
  http.patch(`${T}/channels/:id`, async ({ params, request }) => {
    const { enabled, name } = (await request.json()) as { enabled?: boolean; name?: string };
    if (name !== undefined) return change(params, { name });
    return change(params, { state: enabled ? "online" : "disabled" });
  }),
  http.delete(`${T}/channels/:id`, ({ params }) => {
    cards = cards.filter((each) => each.id !== params.id);
    return none();
  }),
  http.get(`${T}/channels/:id/groups`, ({ request }) => {
    const url = new URL(request.url);
    const q = url.searchParams.get("q")?.toLowerCase() ?? "";
    return json(
      page(
        groups.filter((each) => each.title.toLowerCase().includes(q)),
        url,
      ),
    );
  }),
  http.put(`${T}/chats/:id/mode`, async ({ params, request }) => {
    const group = groups.find((each) => each.id === params.id);
    if (!group) return problem(404, "not-found");
    Object.assign(group, await request.json());
    return json(chat(group));
  }),
  http.get(`${T}/chats/:id/members`, ({ params }) => {
    const group = groups.find((each) => each.id === params.id);
    return group ? json(members(group)) : problem(404, "not-found");
  }),
  http.put(`${T}/chats/:id/acts-as`, async ({ params, request }) => {
    const group = groups.find((each) => each.id === params.id);
    if (!group) return problem(404, "not-found");
    const { customer } = (await request.json()) as { customer: string | null };
    group.customer = customer ? { id: customer, name: "rina_media" } : null;
    group.acts_as_one = customer !== null;
    return json(members(group));
  }),
  http.post(`${T}/bind-codes`, async ({ request }) => {
    const { purpose } = (await request.json()) as Pick<BindCode, "purpose">;
    asked = 0;
    bound = {
      code: "kJ3xQ9vT2mB7nR5w",
      purpose,
      link: "https://t.me/support_bot?startgroup=kJ3xQ9vT2mB7nR5w",
      words: "Open the link, choose the group and press Add.",
      expires_at: ago(-15),
      state: "waiting",
      chat: null,
      refused_why: null,
    };
    return json(bound, 201);
  }),
  http.get(`${T}/bind-codes/:code`, () => {
    if (!bound) return problem(404, "not-found");
    asked += 1;
    if (asked > 4)
      bound = {
        ...bound,
        state: "bound",
        chat: { id: id(6, 9), title: "Rina team" },
        words: "The group is connected and answered. Each sender acts for the customer whom he is linked to.",
      };
    return json(bound);
  }),
];

/** One chat, for whoever opens a group by its link; the inbox has handlers of its own. */
export const groupHandlers = [
  http.get(`${T}/chats/:id`, ({ params }) => {
    const group = groups.find((each) => each.id === params.id);
    return group ? json(chat(group)) : problem(404, "not-found");
  }),
];
