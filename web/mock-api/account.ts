import { http } from "msw";
import type { LoginEvent, Me, Session } from "../src/api/contract";
import { ago, id, json, none, page, problem, scenario, TENANT, wait } from "./kit";

const OWNER = [
  "account.self",
  "home.read",
  "requests.read",
  "requests.act",
  "inbox.read",
  "inbox.write",
  "channels.read",
  "channels.manage",
  "panels.read",
  "panels.manage",
  "providers.read",
  "providers.manage",
  "providers.reveal",
  "customers.read",
  "customers.manage",
  "replies.read",
  "replies.manage",
  "settings.read",
  "settings.manage",
  "wallet.read",
  "wallet.manage",
  "testroom.use",
  "logs.read",
  "audit.read",
];

export const mockMe: Me = {
  account: {
    id: id(1, 1),
    username: "himalboost",
    whatsapp_number: "+977 000 000 0142",
    telegram_username: "himalboost",
    state: "active",
    locale: "en",
    time_zone: "Asia/Kathmandu",
    theme: "system",
    created_at: ago(60 * 24 * 110),
  },
  tenants: [{ tenant: TENANT, name: "Himal Boost", role: "owner", state: "active", permissions: OWNER }],
  platform: null,
};
export const mockPlatform: Me = {
  account: { ...mockMe.account, username: "platform" },
  tenants: [],
  platform: {
    role: "master_admin",
    permissions: ["account.self", "users.read", "users.manage", "credits.manage"],
  },
};

/** Signed in from the start, unless the scenario says `out` or the tab has logged out. */
const isIn = () => (sessionStorage.getItem("mock.in") ?? (scenario("out") ? "no" : "yes")) === "yes";
export const setIn = (value: boolean) => sessionStorage.setItem("mock.in", value ? "yes" : "no");
const me = () => (scenario("platform") ? mockPlatform : mockMe);

let sessions: Session[] = [
  {
    id: id(2, 1),
    current: true,
    created_at: ago(290),
    last_seen_at: ago(0),
    ip: "203.0.113.24",
    agent: "Chrome, Windows",
  },
  {
    id: id(2, 2),
    current: false,
    created_at: ago(60 * 24 * 9),
    last_seen_at: ago(8),
    ip: "203.0.113.61",
    agent: "Chrome, Android",
  },
  {
    id: id(2, 3),
    current: false,
    created_at: ago(60 * 24 * 21),
    last_seen_at: ago(60 * 24 * 9),
    ip: "192.0.2.88",
    agent: "Safari, iPhone",
  },
];
const agents = ["Chrome, Windows", "Chrome, Android", "Safari, iPhone", "Firefox, Linux"];
const logins: LoginEvent[] = Array.from({ length: 214 }, (_, n) => ({
  id: id(3, n),
  at: ago(290 + n * 700),
  ip: n === 1 ? "198.51.100.7" : `203.0.113.${24 + (n % 3) * 37}`,
  agent: n === 1 ? "Firefox, Linux" : (agents[n % 3] ?? ""),
  outcome: n === 1 || n % 17 === 5 ? "wrong_password" : "success",
}));

export const accountHandlers = [
  http.post("/api/v1/login", async ({ request }) => {
    const body = (await request.json()) as { username: string; password: string };
    await wait(300);
    if (body.password === "wrong") return problem(401, "login-failed");
    if (body.username === "suspended") return problem(403, "account-suspended");
    setIn(true);
    return json(me());
  }),
  http.post("/api/v1/logout", () => {
    setIn(false);
    return none();
  }),
  http.get("/api/v1/me", () => (isIn() ? json(me()) : problem(401, "unauthenticated"))),
  http.patch("/api/v1/me", async ({ request }) => {
    Object.assign(me().account, await request.json());
    return json(me());
  }),
  http.post("/api/v1/me/password", async ({ request }) => {
    const body = (await request.json()) as { current: string; new: string };
    if (body.current === "wrong") {
      return problem(422, "validation", {
        errors: [{ field: "current", code: "wrong", message: "This is not your password." }],
      });
    }
    sessions = sessions.filter((session) => session.current);
    return none();
  }),
  http.get("/api/v1/me/sessions", () => json(sessions)),
  http.delete("/api/v1/me/sessions/:id", ({ params }) => {
    sessions = sessions.filter((session) => session.id !== params.id);
    return none();
  }),
  http.delete("/api/v1/me/sessions", () => {
    sessions = sessions.filter((session) => session.current);
    return none();
  }),
  http.get("/api/v1/me/logins", ({ request }) => json(page(logins, new URL(request.url), 20))),
];
