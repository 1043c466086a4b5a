import { http } from "msw";
import type { ProviderRow, RouteRow, Unrouted } from "../src/api/contract";
import { ago, id, json, none, page, problem, scenario, T } from "./kit";

const fresh = () => scenario("new") || scenario("setup") || scenario("empty");
const OURS = "{ids} {command}\n{panel}";
const said = (template: string | null) =>
  (template ?? OURS)
    .replace("{ids}", "7450284,7450291")
    .replace("{command}", "refill")
    .replace("{panel}", "Himal Boost");

const route = (n: number, title: string, more: Partial<RouteRow> = {}): RouteRow => ({
  id: id(11, n),
  chat: { id: id(6, n), title, account: "Support", lost_reason: null },
  topic: "",
  template: null,
  piece_size: 100,
  join_ms: 2000,
  preview: said(null),
  ...more,
});

let rows: ProviderRow[] | null = null;
let found: Unrouted[] | null = null;
const providers = () => {
  rows ??= fresh()
    ? []
    : Array.from({ length: scenario("many") ? 240 : 6 }, (_, n) => ({
        id: id(10, n),
        alias:
          ["Cedar", "Kite", "NovaLine", "Maple", "Harbour", "Manual"][n] ??
          `Alias ${String(n).padStart(3, "0")}`,
        name_count: 1 + (n % 3),
        routes:
          n === 3
            ? []
            : n === 4
              ? [
                  route(n, "Harbour refills", {
                    chat: {
                      id: id(6, 4),
                      title: "Harbour refills",
                      account: "Support",
                      lost_reason: "The bot was removed from the group",
                    },
                  }),
                ]
              : [route(n, "Cedar refills"), ...(n === 0 ? [route(90, "Cedar urgent", { topic: "12" })] : [])],
        waiting: n * 3,
        last_forward_at: n === 3 ? null : ago(n * 70 + 4),
      }));
  return rows;
};
const unrouted = () => {
  found ??= fresh()
    ? []
    : [
        {
          key: "seen:1",
          orders: 23,
          last_at: ago(20),
          masked_name: "pr••••",
          provider: null,
          why: "no_alias",
        },
        {
          key: "seen:2",
          orders: 7,
          last_at: ago(900),
          masked_name: "sm••••",
          provider: null,
          why: "no_alias",
        },
        {
          key: "seen:3",
          orders: 4,
          last_at: ago(2000),
          masked_name: "ma••••",
          provider: { id: id(10, 3), alias: "Maple" },
          why: "no_route",
        },
      ];
  return found;
};
const one = (params: Record<string, unknown>) => providers().find((row) => row.id === params.id);
const wrong = (template: string | null) =>
  template !== null && !(template.includes("{ids}") && template.includes("{command}"));
const badTemplate = () =>
  problem(422, "validation", {
    errors: [{ field: "template", code: "invalid", message: "The template must contain `{ids}` once." }],
  });

export const providerHandlers = [
  http.get(`${T}/providers`, ({ request }) => {
    const url = new URL(request.url);
    const q = url.searchParams.get("q")?.toLowerCase() ?? "";
    return json(
      page(
        providers().filter((row) => row.alias.toLowerCase().includes(q)),
        url,
      ),
    );
  }),
  http.get(`${T}/providers/unrouted`, () => json(unrouted())),
  http.get(`${T}/providers/:id`, ({ params }) => {
    const row = one(params);
    return row ? json(row) : problem(404, "not-found");
  }),
  http.post(`${T}/providers`, async ({ request }) => {
    const { alias, names } = (await request.json()) as { alias: string; names: string[] };
    if (providers().some((row) => row.alias === alias)) {
      const message = "You have a provider of this alias. Choose another, or add the name to that one.";
      return problem(422, "validation", { errors: [{ field: "alias", code: "taken", message }] });
    }
    const made: ProviderRow = {
      id: id(10, 900 + providers().length),
      alias,
      name_count: names.length,
      routes: [],
      waiting: 0,
      last_forward_at: null,
    };
    providers().push(made);
    for (const row of unrouted()) {
      if (names.includes(row.key)) Object.assign(row, { provider: { id: made.id, alias }, why: "no_route" });
    }
    return json(made, 201);
  }),
  http.patch(`${T}/providers/:id`, async ({ params, request }) => {
    const row = one(params);
    const { alias, names } = (await request.json()) as { alias?: string; names?: string[] };
    if (!row) return problem(404, "not-found");
    if (alias) row.alias = alias;
    if (names) row.name_count = names.length;
    return json(row);
  }),
  http.delete(`${T}/providers/:id`, ({ params }) => {
    const row = one(params);
    if (row?.waiting) {
      return problem(409, "in-use", {
        detail: `${row.waiting} requests on its orders are open. Close them first.`,
      });
    }
    rows = providers().filter((each) => each !== row);
    return none();
  }),
  http.post(`${T}/providers/preview`, async ({ request }) => {
    const { template } = (await request.json()) as { template: string | null };
    return wrong(template) ? badTemplate() : json({ text: said(template) });
  }),
  http.post(`${T}/providers/:id/reveal`, () => json({ names: ["provider-one.example", "provider one"] })),
  http.post(`${T}/providers/:id/routes`, async ({ params, request }) => {
    const row = one(params);
    const body = (await request.json()) as { chat: string; template: string | null } & Partial<RouteRow>;
    if (!row) return problem(404, "not-found");
    if (wrong(body.template)) return badTemplate();
    const { chat, ...style } = body;
    const made = route(100 + row.routes.length, "Rina team", { ...style, preview: said(body.template) });
    made.chat.id = chat as unknown as string;
    row.routes.push(made);
    found = unrouted().filter((each) => each.provider?.id !== row.id);
    return json(made, 201);
  }),
  http.patch(`${T}/providers/:id/routes/:route`, async ({ params, request }) => {
    const body = (await request.json()) as Partial<RouteRow>;
    const kept = one(params)?.routes.find((each) => each.id === params.route);
    if (!kept) return problem(404, "not-found");
    if (wrong(body.template ?? null)) return badTemplate();
    return json(Object.assign(kept, body, { preview: said(body.template ?? null) }));
  }),
  http.delete(`${T}/providers/:id/routes/:route`, ({ params }) => {
    const row = one(params);
    if (row) row.routes = row.routes.filter((each) => each.id !== params.route);
    return none();
  }),
];
