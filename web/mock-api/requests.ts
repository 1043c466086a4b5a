import { http } from "msw";
import type {
  ActionResult,
  Command,
  Outcome,
  Page,
  RequestDetail,
  RequestRow,
  RequestState,
} from "../src/api/contract";
import { mockMe } from "./account";
import { ago, id, json, page, problem, scenario, T, wait } from "./kit";

type Sample = [
  customer: string,
  order: string,
  command: Command,
  state: RequestState,
  outcome: Outcome,
  sentence: string,
  provider: string | null,
  chat: string,
  cost: number,
];
const SAMPLES: Sample[] = [
  ["rina_media", "485018711", "cancel", "person", "staff", "Needs a person", "Kite", "Support", 1],
  [
    "deepak.smm",
    "481802377",
    "refill",
    "under_way",
    "refill_requested",
    "Sent to provider",
    "SmSuper",
    "Support",
    1.5,
  ],
  [
    "deepak.smm",
    "481802380",
    "refill",
    "under_way",
    "refill_requested",
    "Sent to provider",
    "SmSuper",
    "Support",
    1.5,
  ],
  [
    "toko_andini",
    "485019004",
    "speed_up",
    "under_way",
    "speed_up_requested",
    "Sent to provider",
    "Falcon",
    "Toko group",
    1,
  ],
  [
    "growth.khi",
    "481790412",
    "refill",
    "refused",
    "not_eligible",
    "Window ended 3 Nov",
    "Heron",
    "Support",
    1,
  ],
  [
    "mehmet34",
    "485018702",
    "refill",
    "under_way",
    "still_pending_speed_up",
    "Still pending",
    "Falcon",
    "Support",
    1.5,
  ],
  [
    "+91 00000 00155",
    "481799190",
    "refill",
    "refused",
    "not_yours",
    "Not theirs",
    null,
    "Wholesale group",
    0,
  ],
  ["nayla.ig", "481788120", "refill", "done", "refill_requested", "Refilled", "SmSuper", "Wholesale", 1],
  [
    "bd_boosters",
    "485018355",
    "cancel",
    "person",
    "staff",
    "Provider wrote “can’t, already started”: pick the meaning",
    "Kite",
    "Support",
    1,
  ],
  [
    "child: pokhara24",
    "481795571",
    "refill",
    "under_way",
    "refill_requested",
    "Provider confirmed",
    "NovaLine",
    "Support group",
    1.7,
  ],
  [
    "growth.khi",
    "485017986",
    "cancel",
    "done",
    "cancel_requested",
    "Canceled, refunded",
    "Heron",
    "Support",
    1.5,
  ],
  [
    "deepak.smm",
    "481774028",
    "refill",
    "failed",
    "panel_unavailable",
    "Panel did not answer",
    "SmSuper",
    "Support",
    0,
  ],
  [
    "toko_andini",
    "485018120",
    "speed_up",
    "under_way",
    "speed_up_requested",
    "Sent to provider",
    "Falcon",
    "Toko group",
    1,
  ],
  [
    "mehmet34",
    "481760915",
    "refill",
    "refused",
    "not_eligible",
    "No refill service",
    "NovaLine",
    "Support",
    1,
  ],
  [
    "rina_media",
    "481799191",
    "refill",
    "under_way",
    "refill_requested",
    "Sent to provider",
    "SmSuper",
    "Support",
    1.5,
  ],
  [
    "rina_media",
    "481799696",
    "refill",
    "refused",
    "not_eligible",
    "Window ended 3 Nov",
    "SmSuper",
    "Support",
    1,
  ],
  [
    "nayla.ig",
    "485017733",
    "cancel",
    "under_way",
    "cancel_requested",
    "Reminded provider",
    "Kite",
    "Wholesale",
    1,
  ],
  ["bd_boosters", "481751208", "cancel", "closed", "staff", "Closed by himalboost", "Manual", "Support", 1],
];

function make(count: number): RequestRow[] {
  return Array.from({ length: count }, (_, n) => {
    const [customer, order, command, state, outcome, sentence, provider, chat, cost] = SAMPLES[
      n % SAMPLES.length
    ] as Sample;
    return {
      id: id(6, n),
      at: ago(3 + n * 7 + (n % 5)),
      customer: customer.startsWith("+") ? null : { id: id(7, n % SAMPLES.length), name: customer },
      sender: customer,
      channel: "telegram_bot",
      chat: { id: id(8, n % 9), kind: chat.endsWith("group") ? "group" : "direct", title: chat },
      panel: { id: id(5, 1), name: "Himal Boost" },
      order_id: n < SAMPLES.length ? order : String(Number(order) - n * 137),
      command,
      outcome,
      state,
      sentence,
      provider_alias: provider,
      cost: cost * 1_000_000,
      closed_at: state === "closed" ? ago(2) : null,
      assignee: null,
      test: false,
    };
  });
}

const amount = () =>
  scenario("empty") || scenario("new") || scenario("setup")
    ? 0
    : scenario("one")
      ? 1
      : scenario("many")
        ? 5000
        : 50;
let rows: RequestRow[] | null = null;
const all = (): RequestRow[] => {
  rows ??= make(amount());
  return rows;
};
const isOpen = (row: RequestRow) => row.state !== "closed" && row.state !== "refused" && row.state !== "done";

function filtered(url: URL): RequestRow[] {
  const param = (name: string) => url.searchParams.get(name);
  const ids = param("ids")?.split(",");
  const view = param("view") ?? "all";
  return all().filter(
    (row) =>
      (view === "all" ||
        (view === "open" && (isOpen(row) || scenario("full"))) ||
        (view === "person" && row.state === "person") ||
        (view === "closed" && row.state === "closed")) &&
      (!param("command") || row.command === param("command")) &&
      (!param("outcome") || row.outcome === param("outcome")) &&
      (!param("customer") || row.customer?.id === param("customer")) &&
      (!param("channel") || row.channel === param("channel")) &&
      (!param("q") || JSON.stringify(row).includes(param("q") ?? "")) &&
      (!param("from") || row.at >= (param("from") ?? "")) &&
      (!ids || ids.includes(row.order_id)),
  );
}

function detail(row: RequestRow): RequestDetail {
  const refused = row.state === "refused";
  return {
    ...row,
    message_text: "481799696,481799190 refill",
    external_ids: row.provider_alias ? ["7450291"] : [],
    order_status: "Completed",
    staff_reason: null,
    note: "",
    sentence: refused
      ? `${row.sentence}, 30 days from the last update. The customer was told so.`
      : `Asked for ${row.command}; no answer from the provider for 2 h 06 min. Next: one reminder at 20:02.`,
    timeline: [
      {
        key: "message",
        state: "done",
        title: "Message received",
        detail: "“481799696,481799190 refill”, 2 orders",
        at: row.at,
        ms: null,
      },
      {
        key: "owner",
        state: "done",
        title: "Order belongs to the sender",
        detail: `This Telegram account is linked to ${row.sender} since 2 Aug; the order’s user is ${row.sender}.`,
        at: row.at,
        ms: 192,
      },
      {
        key: "status",
        state: "done",
        title: "Panel says Completed",
        detail: "Read fresh from Himal Boost, last update 9 Nov 22:40.",
        at: row.at,
        ms: 0.1,
      },
      {
        key: "rule",
        state: refused ? "refused" : "done",
        title: refused ? "Refill refused: window ended 3 Nov" : "Refill allowed until 9 Dec",
        detail: "30 days from last update: “R30” in the service name. No refill open, last one none.",
        at: row.at,
        ms: 0.2,
      },
      {
        key: "reply",
        state: "done",
        title: "Reply sent to customer",
        detail: "Confirmed by Telegram.",
        at: row.at,
        ms: null,
      },
      ...(refused
        ? []
        : ([
            {
              key: "forward",
              state: "under_way",
              title: `Forwarded to ${row.provider_alias}`,
              detail: "Joined with 1 other refill in one message.",
              at: row.at,
              ms: null,
            },
            {
              key: "forward",
              state: "waiting",
              title: "Remind the provider once",
              detail: "If there is no answer by then",
              at: ago(-340),
              ms: null,
            },
            {
              key: "closed",
              state: "waiting",
              title: "Hand to a person",
              detail: "If the panel still shows no refill",
              at: ago(-1300),
              ms: null,
            },
          ] satisfies RequestDetail["timeline"])),
    ],
    actions:
      row.state === "closed"
        ? [
            { action: "reopen", allowed: true, why: "" },
            { action: "retry", allowed: false, why: "It is closed. Reopen it first." },
          ]
        : [
            { action: "retry", allowed: !refused, why: refused ? "The rule would refuse it again." : "" },
            { action: "assign", allowed: true, why: "" },
            { action: "close", allowed: true, why: "" },
          ],
  };
}

export const requestHandlers = [
  http.get(`${T}/requests/counts`, () =>
    json({ open: all().filter(isOpen).length, person: all().filter((row) => row.state === "person").length }),
  ),
  http.get(`${T}/requests`, async ({ request }) => {
    await wait(scenario("slow") ? 3000 : 60);
    if (scenario("forbidden")) return problem(403, "forbidden");
    return json(page(filtered(new URL(request.url)), new URL(request.url)) satisfies Page<RequestRow>);
  }),
  http.get(`${T}/requests/:id`, ({ params }) => {
    const row = all().find((each) => each.id === params.id);
    return row ? json(detail(row)) : problem(404, "not-found");
  }),
  http.post(`${T}/requests/actions`, async ({ request }) => {
    const body = (await request.json()) as { ids: string[]; action: string };
    await wait(250);
    const result: ActionResult = { done: [], refused: [] };
    for (const row of all().filter((each) => body.ids.includes(each.id))) {
      if (body.action === "retry" && row.state === "refused")
        result.refused.push({
          id: row.id,
          why: "The rule would refuse it again: the window ended on 3 Nov.",
        });
      else {
        result.done.push(row.id);
        if (body.action === "close")
          Object.assign(row, { state: "closed", closed_at: ago(0), sentence: "Closed by himalboost" });
        if (body.action === "reopen")
          Object.assign(row, { state: "person", closed_at: null, sentence: "Needs a person" });
        if (body.action === "assign")
          row.assignee = { id: mockMe.account.id, username: mockMe.account.username };
      }
    }
    return json(result);
  }),
  http.get(`${T}/members`, () =>
    json([
      { id: mockMe.account.id, username: "himalboost" },
      { id: id(1, 2), username: "deepak" },
    ]),
  ),
  http.get(`${T}/search`, async ({ request }) => {
    const q = new URL(request.url).searchParams.get("q") ?? "";
    return json({
      orders: all()
        .filter((row) => row.order_id.includes(q))
        .slice(0, 5)
        .map((row) => ({ order_id: row.order_id, requests: 1 })),
      customers: [
        ...new Map(
          all().flatMap((row) =>
            row.customer?.name.includes(q) ? [[row.customer.name, row.customer] as const] : [],
          ),
        ).values(),
      ].slice(0, 5),
      chats: [],
      providers: [],
    });
  }),
];

/** A new request comes in: `mockRequest()` in the console, with its hint. */
Object.assign(globalThis, {
  mockRequest: () => {
    const [row] = make(1);
    if (row)
      all().unshift({
        ...row,
        id: id(9, all().length),
        at: ago(0),
        order_id: String(486_000_000 + all().length),
      });
    (globalThis as unknown as { mockHint: (topic: string) => void }).mockHint("requests");
  },
});
