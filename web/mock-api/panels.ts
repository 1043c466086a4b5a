import { http } from "msw";
import type { KeyReport, PanelCard } from "../src/api/contract";
import { ago, id, json, none, problem, scenario, T, wait } from "./kit";

const can = (key: string, sentence: string, state: "can" | "cannot" | "locked" = "can") => ({
  key,
  state,
  sentence,
});
const WORKS: KeyReport = {
  state: "ok",
  kind: "perfect_panel_admin_v2",
  sentence: "This key works: it is PerfectPanel, and every order can be read.",
  next: "",
  abilities: [
    can("read", "reads every order, whose it is, and the provider"),
    can("refill", "passes a refill on to the provider"),
    can("refund", "cancel with refund: off until you allow it", "locked"),
    can("speed_up", "speed-up: no panel can, a message to the provider does", "cannot"),
  ],
  checked_at: ago(3),
};
const report = (key: string): KeyReport => {
  if (key.startsWith("customer"))
    return {
      ...WORKS,
      state: "customer_key",
      sentence: "This is a customer's key: it sees only its own orders.",
      next: "You need the admin key: in your panel open Settings → Admin API → Create key, with an owner's log-in, and paste it here.",
    };
  if (key.startsWith("wrong"))
    return {
      ...WORKS,
      state: "wrong_key",
      abilities: [],
      sentence: "This is PerfectPanel, but it does not accept this key.",
      next: "Copy the key again from your panel: Settings → Admin API, with an owner's log-in.",
    };
  return WORKS;
};
const panel = (n: number, name: string, more: Partial<PanelCard> = {}): PanelCard => ({
  id: id(3, n),
  name,
  kind: "perfect_panel_admin_v2",
  url: `https://${name.toLowerCase().replace(/\W/g, "")}.example/`,
  time_zone: "Asia/Kathmandu",
  min_gap_ms: 334,
  report: WORKS,
  key_hint: "c41d",
  last_answer_at: ago(1),
  customers: 12 * n,
  created_at: ago(90_000),
  ...more,
});
let panels: PanelCard[] = scenario("new")
  ? []
  : [
      panel(1, "Himal Boost"),
      panel(2, "Dhaka Promo", {
        report: {
          ...WORKS,
          state: "challenge",
          abilities: [],
          sentence: "The panel shows us a browser check instead of its answers.",
          next: "Let this server's address through in the panel's firewall (Cloudflare: Security → Tools → allow the address), then test again.",
        },
        last_answer_at: ago(57),
      }),
      panel(3, "Karachi Likes", { report: report("customer"), time_zone: "Asia/Karachi", min_gap_ms: 5000 }),
    ];

const change = (params: Record<string, unknown>, more: Partial<PanelCard>) => {
  panels = panels.map((each) => (each.id === params.id ? { ...each, ...more } : each));
  const changed = panels.find((each) => each.id === params.id);
  return changed ? json(changed) : problem(404, "not-found");
};

export const panelHandlers = [
  http.get(`${T}/panels`, () => json(panels)),
  http.post(`${T}/panels/check`, async ({ request }) => {
    await wait(600);
    return json(report(((await request.json()) as { key: string }).key));
  }),
  http.post(`${T}/panels`, async ({ request }) => {
    const asked = (await request.json()) as { name: string; url: string; key: string };
    if (panels.some((each) => each.name === asked.name)) {
      const message = "You have a panel of this name. Choose another.";
      return problem(422, "validation", { errors: [{ field: "name", code: "taken", message }] });
    }
    panels = [
      ...panels,
      panel(panels.length + 1, asked.name, { url: asked.url, report: report(asked.key), customers: 0 }),
    ];
    return json(panels.at(-1), 201);
  }),
  http.post(`${T}/panels/:id/check`, async ({ params }) => {
    await wait(600);
    return change(params, {});
  }),
  http.patch(`${T}/panels/:id`, async ({ params, request }) => {
    const { key, ...rest } = (await request.json()) as Partial<PanelCard> & { key?: string };
    return change(params, { ...rest, ...(key && { report: report(key), key_hint: key.slice(-4) }) });
  }),
  http.delete(`${T}/panels/:id`, ({ params }) => {
    const found = panels.find((each) => each.id === params.id);
    if (found && found.customers > 0) {
      const detail = `${found.customers} customers are linked to it. Unlink or close them first.`;
      return problem(409, "panel-in-use", { detail });
    }
    panels = panels.filter((each) => each.id !== params.id);
    return none();
  }),
];
