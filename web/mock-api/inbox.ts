import { http } from "msw";
import type { ChatMessage, ChatRow } from "../src/api/contract";
import { ago, id, json, none, page, problem, scenario, T, wait } from "./kit";

const NAMES = [
  "rina_media",
  "deepak.smm",
  "SmSuper / Himal Boost",
  "toko_andini",
  "mehmet34",
  "+91 00000 00155",
  "nayla.ig",
  "Pokhara resellers",
];

function make(count: number): ChatRow[] {
  return Array.from({ length: count }, (_, n) => {
    const title = NAMES[n % NAMES.length] as string;
    const provider = title.includes("/");
    const group = provider || title.includes("resellers");
    return {
      id: id(8, n),
      account: { id: id(4, n % 2), name: n % 2 ? "Wholesale" : "Support", channel: "telegram_bot" },
      kind: group ? "group" : "direct",
      title: n < NAMES.length ? title : `${title} ${n}`,
      customer: group || title.startsWith("+") ? null : { id: id(7, n), name: title },
      party: provider ? "provider" : group ? "customer" : "none",
      mode: "support",
      unread: n % 5 === 4 ? 1 : n === 2 ? 120 : 0,
      last: {
        at: ago(n * 13),
        text: n % 3 ? "2 refills sent. Usually within 24 hours." : "cancel this also 485018711 bro",
        from: n % 3 ? "bot" : "customer",
      },
      bot_paused_until: n === 0 ? ago(-25) : null,
      lost_reason: n === 6 ? "the bot was blocked" : null,
    };
  });
}

let rows: ChatRow[] | null = null;
const all = () => {
  rows ??= make(
    scenario("empty") || scenario("new") ? 0 : scenario("one") ? 1 : scenario("many") ? 5000 : 40,
  );
  return rows;
};
const said = new Map<string, ChatMessage[]>();

function messages(chat: ChatRow): ChatMessage[] {
  const known = said.get(chat.id);
  if (known) return known;
  const made = Array.from({ length: 120 }, (_, n): ChatMessage => {
    const out = n % 3 === 0;
    return {
      id: id(10, n),
      direction: out ? "out" : "in",
      by: out ? (n % 6 === 0 ? "person" : "bot") : "customer",
      sender: out ? (n % 6 === 0 ? "himalboost" : "") : chat.kind === "group" ? "Ravi" : chat.title,
      text: out ? "481799190: refill sent. It usually takes up to 24 hours." : `4817991${n} refill`,
      at: ago(n * 55),
      state: out
        ? ((["sent", "refused", "queued", "unknown", "silent", "sent"] as const)[n % 6] ?? "sent")
        : "received",
      error: out && n % 6 === 1 ? "the customer has blocked the bot" : null,
      reply_to: n === 3 ? id(10, 5) : null,
      requests: out
        ? []
        : [{ id: id(6, n), order_id: `4817991${n}`, command: "refill", sentence: "Sent to provider" }],
      price: out ? 1_000_000 : 0,
    };
  });
  said.set(chat.id, made);
  return made;
}

const find = (of: unknown) => all().find((row) => row.id === of);

export const inboxHandlers = [
  http.get(`${T}/chats`, async ({ request }) => {
    await wait(80);
    const url = new URL(request.url);
    const param = (name: string) => url.searchParams.get(name);
    return json(
      page(
        all().filter(
          (row) =>
            (!param("account") || row.account.id === param("account")) &&
            (!param("kind") || row.kind === param("kind")) &&
            (!param("unread") || row.unread > 0) &&
            (!param("q") || row.title.includes(param("q") ?? "")),
        ),
        url,
      ),
    );
  }),
  http.get(`${T}/chats/:id`, ({ params }) => {
    const row = find(params.id);
    return row ? json(row) : problem(404, "not-found");
  }),
  http.get(`${T}/chats/:id/messages`, async ({ params, request }) => {
    const row = find(params.id);
    await wait(120);
    const url = new URL(request.url);
    url.searchParams.set("after", url.searchParams.get("before") ?? "0");
    return row ? json(page(messages(row), url)) : problem(404, "not-found");
  }),
  http.post(`${T}/chats/:id/messages`, async ({ params, request }) => {
    const row = find(params.id);
    const body = (await request.json()) as { text: string; reply_to?: string };
    await wait(400);
    if (!row) return problem(404, "not-found");
    if (scenario("down")) return problem(503, "unavailable");
    const message: ChatMessage = {
      id: id(13, Date.now() % 1_000_000),
      direction: "out",
      by: "person",
      sender: "himalboost",
      text: body.text,
      at: ago(0),
      state: "queued",
      error: null,
      reply_to: body.reply_to ?? null,
      requests: [],
      price: 0,
    };
    messages(row).unshift(message);
    row.bot_paused_until = ago(-30);
    row.last = { at: message.at, text: message.text, from: "person" };
    return json(message, 202);
  }),
  http.post(`${T}/chats/:id/read`, ({ params }) => {
    const row = find(params.id);
    if (row) row.unread = 0;
    return none();
  }),
  http.put(`${T}/chats/:id/bot`, async ({ params, request }) => {
    const { paused } = (await request.json()) as { paused: boolean };
    const row = find(params.id);
    if (row) row.bot_paused_until = paused ? "2126-10-31T00:00:00Z" : null;
    return json(row);
  }),
];
