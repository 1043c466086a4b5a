import { http } from "msw";
import type { CustomerRow, IdentityRow, ImportPreview } from "../src/api/contract";
import { ago, id, json, none, page, problem, scenario, T } from "./kit";

const NAMES =
  "rina_media,deepak.smm,toko_andini,growth.khi,mehmet34,nayla.ig,bd_boosters,pokhara24,karachi.social,insta.kandy".split(
    ",",
  );
const PANEL = { panel: id(5, 1), panel_name: "Himal Boost" };

const sender = (n: number, more: Partial<IdentityRow> = {}): IdentityRow => ({
  id: id(8, n),
  channel: n % 3 === 1 ? "whats_app" : "telegram_bot",
  network_id: n % 3 === 1 ? `97798000${String(10000 + n)}` : String(5_550_001_000 + n),
  display_name: `${NAMES[n % NAMES.length]?.split(/[._]/)[0]} ${n}`,
  customer: null,
  proof: null,
  linked_at: null,
  last_seen_at: ago(n * 13 + 1),
  misses: n % 7 === 3 ? 5 : 0,
  muted_until: n % 7 === 3 ? ago(-40) : null,
  ...more,
});
const fresh = () => scenario("new") || scenario("setup") || scenario("empty");
const amount = () => (fresh() ? 0 : scenario("many") ? 5000 : 24);

let rows: CustomerRow[] | null = null;
let loose: IdentityRow[] | null = null;
function customers(): CustomerRow[] {
  rows ??= Array.from({ length: amount() }, (_, n) => {
    const name = n < NAMES.length ? (NAMES[n] ?? "") : `customer${String(n).padStart(4, "0")}`;
    const ref = { id: id(7, n + 1), name };
    return {
      ...ref,
      links: n % 9 === 8 ? [] : [{ ...PANEL, username: name }],
      identities:
        n % 6 === 5
          ? []
          : [sender(100 + n, { customer: ref, proof: n % 2 ? "import" : "owner", linked_at: ago(n * 900) })],
      open_requests: n % 4 === 0 ? n % 5 : 0,
      last_seen_at: n % 6 === 5 ? null : ago(n * 31),
      created_at: ago(60 * 24 * (n + 2)),
    };
  });
  return rows;
}
function senders(): IdentityRow[] {
  loose ??= fresh() ? [] : Array.from({ length: scenario("many") ? 130 : 8 }, (_, n) => sender(n));
  return loose;
}
const one = (params: Record<string, unknown>) => customers().find((row) => row.id === params.id);
const fits = (q: string | null, ...words: string[]) =>
  !q || words.some((word) => word.toLowerCase().includes(q.toLowerCase()));
const find = (params: Record<string, unknown>) =>
  [...senders(), ...customers().flatMap((row) => row.identities)].find((each) => each.id === params.id);

export const customerHandlers = [
  http.get(`${T}/customers`, ({ request }) => {
    const url = new URL(request.url);
    const q = url.searchParams.get("q");
    const found = customers().filter((row) => fits(q, row.name, ...row.links.map((each) => each.username)));
    return json(
      page(
        found.sort((a, b) => a.name.localeCompare(b.name)),
        url,
      ),
    );
  }),
  http.get(`${T}/customers/:id`, ({ params }) => {
    const row = one(params);
    return row ? json(row) : problem(404, "not-found");
  }),
  http.post(`${T}/customers`, async ({ request }) => {
    const { name, links } = (await request.json()) as { name: string; links: { username: string }[] };
    if (customers().some((row) => row.name === name)) {
      const message = "You have a customer of this name. Choose another.";
      return problem(422, "validation", { errors: [{ field: "name", code: "taken", message }] });
    }
    const made: CustomerRow = {
      id: id(7, customers().length + 1),
      name,
      links: links.map(({ username }) => ({ ...PANEL, username })),
      identities: [],
      open_requests: 0,
      last_seen_at: null,
      created_at: ago(0),
    };
    customers().push(made);
    return json(made, 201);
  }),
  http.patch(`${T}/customers/:id`, async ({ params, request }) => {
    const row = one(params);
    return row ? json(Object.assign(row, await request.json())) : problem(404, "not-found");
  }),
  http.delete(`${T}/customers/:id`, ({ params }) => {
    const row = one(params);
    if (row?.open_requests) {
      return problem(409, "in-use", {
        detail: `${row.open_requests} requests of this customer are open. Close them first.`,
      });
    }
    rows = customers().filter((each) => each !== row);
    return none();
  }),
  http.post(`${T}/customers/:id/links`, async ({ params, request }) => {
    const row = one(params);
    const { username } = (await request.json()) as { username: string };
    const owner = customers().find((each) => each.links.some((link) => link.username === username));
    if (owner) {
      const message = `This username belongs to ${owner.name}. Unlink it there first.`;
      return problem(422, "validation", { errors: [{ field: "username", code: "taken", message }] });
    }
    row?.links.push({ ...PANEL, username });
    return json(row);
  }),
  http.delete(`${T}/customers/:id/links/:panel/:username`, ({ params }) => {
    const row = one(params);
    if (row) row.links = row.links.filter((link) => link.username !== params.username);
    return json(row);
  }),
  http.get(`${T}/identities`, ({ request }) => {
    const url = new URL(request.url);
    const q = url.searchParams.get("q");
    const all = url.searchParams.get("unlinked")
      ? senders()
      : [...senders(), ...customers().flatMap((row) => row.identities)];
    return json(
      page(
        all.filter((each) => fits(q, each.display_name, each.network_id)),
        url,
      ),
    );
  }),
  http.post(`${T}/identities/:id/link`, async ({ params, request }) => {
    const { customer } = (await request.json()) as { customer: string };
    const who = find(params);
    const row = customers().find((each) => each.id === customer);
    if (!who || !row) return problem(404, "not-found");
    Object.assign(who, {
      customer: { id: row.id, name: row.name },
      proof: "owner",
      linked_at: ago(0),
    });
    loose = senders().filter((each) => each !== who);
    row.identities.push(who);
    return json(who);
  }),
  http.post(`${T}/identities/:id/unlink`, ({ params }) => {
    const who = find(params);
    if (!who) return problem(404, "not-found");
    for (const row of customers()) row.identities = row.identities.filter((each) => each !== who);
    Object.assign(who, { customer: null, proof: null, linked_at: null });
    senders().unshift(who);
    return json(who);
  }),
  http.post(`${T}/identities/:id/unmute`, ({ params }) => {
    const who = find(params);
    return who ? json(Object.assign(who, { muted_until: null, misses: 0 })) : problem(404, "not-found");
  }),
  http.post(`${T}/customers/import/preview`, () =>
    json({
      digest: "d1",
      adds: 318,
      changes: 2,
      same: 861,
      rejected: [
        { line: 41, text: "zoya.pk, 0300 00", why: "there is no panel `zoya.pk`" },
        { line: 512, text: "karachi.social, 5550001171", why: "the same as line 88; that one counts" },
      ],
      sample: [
        { line: 204, name: "growth.khi", before: "growth", after: "growth.khi", kind: "change" },
        { line: 12, name: "cairo.boost", before: null, after: "cairo.boost on Himal Boost", kind: "add" },
      ],
      columns: ["customer", "username", "telegram_id"],
    } satisfies ImportPreview),
  ),
  http.post(`${T}/customers/import`, () => json({ added: 318, changed: 2, same: 861, rejected: 2 })),
];
