import { http } from "msw";
import type { KeyReport, Setup, SignUp } from "../src/api/contract";
import { mockMe, setIn } from "./account";
import { ago, json, problem, scenario, wait } from "./kit";

const ABILITIES: KeyReport["abilities"] = [
  { key: "read", state: "can", sentence: "read orders, their owner and status" },
  { key: "cancel", state: "can", sentence: "cancel orders and refund" },
  {
    key: "refill",
    state: "cannot",
    sentence: "create refills: this panel has no call for it, so refills go to your provider groups",
  },
  { key: "refund", state: "locked", sentence: "refund a part: off until you allow it in Settings" },
];

export function mockReport(key: string): KeyReport {
  const report = (state: KeyReport["state"], sentence: string, next: string): KeyReport => ({
    state,
    kind: state === "ok" ? "perfect_panel_admin_v2" : null,
    sentence,
    next,
    abilities: state === "ok" ? ABILITIES : [],
    checked_at: ago(0),
  });
  if (key.includes("customer"))
    return report(
      "customer_key",
      "This is a customer’s key: it sees only its own orders.",
      "You need the admin key: in your panel under Settings, Admin API.",
    );
  if (key.includes("wrong"))
    return report(
      "wrong_key",
      "The panel knows this address, not this key.",
      "Often a letter is missing at an end. Copy it again.",
    );
  if (key.includes("down")) return report("unreachable", "The panel did not answer within 10 s.", "");
  if (key.includes("challenge"))
    return report(
      "challenge",
      "A page for people came instead of an answer.",
      "Let 203.0.113.40 and 203.0.113.41 through your browser check, then test again.",
    );
  if (key.includes("nopanel"))
    return report(
      "not_a_panel",
      "There is no panel’s API behind this address.",
      "Is it the address where your customers order?",
    );
  return report("ok", "This key works.", "");
}

let startedAt = 0;
const setup = (): Setup => {
  const passed = scenario("making") ? 2500 : Date.now() - startedAt;
  const step = (at: number) =>
    passed > at ? ("done" as const) : passed > at - 1500 ? ("running" as const) : ("waiting" as const);
  const done = passed > 6000;
  if (done) for (const tenant of mockMe.tenants) tenant.state = "active";
  return {
    provisioning: {
      state: done ? "done" : "running",
      steps: [
        { key: "account", state: step(200), at: ago(0.1), detail: "" },
        { key: "schema", state: step(2000), at: passed > 2000 ? ago(0.05) : null, detail: "" },
        { key: "credits", state: step(3500), at: null, detail: "" },
        { key: "panel", state: step(6000), at: null, detail: "" },
      ],
    },
    panel: scenario("down") ? mockReport("down") : null,
    checklist: [
      { key: "panel", done: false, detail: "" },
      { key: "try", done: false, detail: "" },
      { key: "bot", done: false, detail: "" },
      { key: "customer", done: false, detail: "" },
      { key: "provider", done: false, detail: "" },
      { key: "group", done: false, detail: "" },
    ],
  };
};
if (scenario("making")) for (const tenant of mockMe.tenants) tenant.state = "provisioning";

export const signupHandlers = [
  http.post("/api/v1/signup/check-key", async ({ request }) => {
    const body = (await request.json()) as { panel_key: string };
    await wait(900);
    return json(mockReport(body.panel_key));
  }),
  http.post("/api/v1/signup", async ({ request }) => {
    const body = (await request.json()) as SignUp;
    await wait(400);
    if (body.username === "taken") {
      return problem(422, "validation", {
        errors: [
          { field: "username", code: "username-taken", message: "This name is in use. Take another." },
        ],
      });
    }
    startedAt = Date.now();
    setIn(true);
    mockMe.account.username = body.username;
    for (const tenant of mockMe.tenants) tenant.state = "provisioning";
    return json(mockMe, 201);
  }),
  http.get("/api/v1/me/setup", () => json(setup())),
  http.get("/api/v1/setup/:token", ({ params }) => json({ valid: params.token !== "used" })),
  http.post("/api/v1/setup/:token", () => {
    localStorage.setItem("mock", "platform");
    setIn(true);
    return json(mockMe, 201);
  }),
];
