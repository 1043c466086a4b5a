import { http } from "msw";
import type { AdminUser, AdminUserDetail } from "../src/api/contract";
import { ago, id, json, page, problem, scenario } from "./kit";

const NAMES = [
  "anatolia_smm",
  "bangla.boost",
  "cebu_social",
  "dhaka_smm",
  "fasttrack_id",
  "growthkarachi",
  "himalboost",
  "instaking99",
  "jaipur_panel",
  "kolkata.growth",
  "lahore_likes",
  "medan_media",
  "nepal.reach",
  "oriental_smm",
  "pokhara24",
  "quickpanel_tr",
  "rajshahi_boost",
  "surabaya.smm",
  "teluguviews",
];
const users: AdminUser[] = Array.from({ length: scenario("empty") ? 0 : 130 }, (_, n) => {
  const state = n % 19 === 7 ? "banned" : n % 19 === 10 ? "suspended" : "active";
  const name = NAMES[n % NAMES.length] ?? "";
  return {
    id: id(10, n),
    username: n < NAMES.length ? name : `${name}${n}`,
    state,
    state_reason: state === "active" ? "" : "Chargeback on 11 Nov, ticket 3307",
    created_at: ago(60 * 24 * (4 + n * 3)),
    signup_ip: `198.51.100.${(n * 7) % 250}`,
    last_login_ip: `203.0.113.${(n * 11) % 250}`,
    last_login_at: n % 6 === 5 ? null : ago(n * 190 + 5),
    tenant: n % 29 === 28 ? null : id(11, n),
    tenant_state: n % 29 === 28 ? null : state === "active" ? "active" : "suspended",
    channels: (n * 5) % 7,
    balance: n % 29 === 28 ? null : n % 11 === 3 ? 0 : ((n * 7919) % 48_900) * 1_000_000,
  };
});
const audits = new Map<string, AdminUserDetail["audit"]>();

function change(userId: unknown, action: string, reason: string, patch: Partial<AdminUser>) {
  const user = users.find((each) => each.id === userId);
  if (!user) return problem(404, "not-found");
  Object.assign(user, patch);
  audits.set(user.id, [{ at: ago(0), actor: "platform", action, reason }, ...(audits.get(user.id) ?? [])]);
  return json(user);
}

export const adminHandlers = [
  http.get("/api/v1/admin/users", ({ request }) => {
    const url = new URL(request.url);
    const q = url.searchParams.get("q") ?? "";
    const state = url.searchParams.get("state");
    return json(
      page(
        users.filter(
          (user) =>
            (!state || user.state === state) &&
            `${user.username} ${user.signup_ip} ${user.last_login_ip}`.includes(q),
        ),
        url,
      ),
    );
  }),
  http.get("/api/v1/admin/users/:id", ({ params }) => {
    const user = users.find((each) => each.id === params.id);
    if (!user) return problem(404, "not-found");
    const answer: AdminUserDetail = {
      ...user,
      whatsapp_number: "+977 000 000 0142",
      telegram_username: user.username,
      logins: Array.from({ length: 5 }, (_, n) => ({
        id: id(12, n),
        at: ago(5 + n * 1500),
        ip: user.last_login_ip ?? "",
        agent: "Chrome, Android",
        outcome: n === 2 ? "wrong_password" : "success",
      })),
      audit:
        audits.get(user.id) ??
        (user.state === "active"
          ? []
          : [
              {
                at: ago(60 * 24 * 12),
                actor: "platform",
                action: user.state === "banned" ? "ban" : "suspend",
                reason: user.state_reason,
              },
            ]),
    };
    return json(answer);
  }),
  ...(["suspend", "ban", "reinstate"] as const).map((action) =>
    http.post(`/api/v1/admin/users/:id/${action}`, async ({ params, request }) => {
      const { reason } = (await request.json()) as { reason: string };
      const state = action === "suspend" ? "suspended" : action === "ban" ? "banned" : "active";
      return change(params.id, action, reason, { state, state_reason: action === "reinstate" ? "" : reason });
    }),
  ),
  http.post("/api/v1/admin/users/:id/credits", async ({ params, request }) => {
    const { micros, reason } = (await request.json()) as { micros: number; reason: string };
    const user = users.find((each) => each.id === params.id);
    return change(params.id, "credits", reason, { balance: (user?.balance ?? 0) + micros });
  }),
];
