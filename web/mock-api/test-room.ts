import { http } from "msw";
import type { Example, ExampleResult, TestOrder, TestRun, TestStep } from "../src/api/contract";
import { ago, id, json, none, problem, scenario, T, wait } from "./kit";

const step = (
  key: TestStep["key"],
  title: string,
  detail = "",
  ms = 0,
  state: TestStep["state"] = "done",
): TestStep => ({ key, state, title, detail, ms });

function orderOf(order_id: string, at: number): TestOrder {
  const foreign = at % 3 === 2;
  return {
    order_id,
    command: "refill",
    verdict: foreign ? "answers" : "acts",
    sentence: foreign ? "Does not belong to the sender" : "Refill asked for · SmSuper",
    steps: [
      step("parsed", "Refill", "", 0.3),
      foreign
        ? step(
            "owner",
            "Does not belong",
            "The same words as for an order that does not exist.",
            0,
            "refused",
          )
        : step("owner", "rina_media"),
      ...(foreign ? [] : [step("status", "Completed", "Last change 9 Nov 2026 22:40 UTC.", 188.6)]),
      step(
        "rule",
        foreign ? "Does not belong to the sender" : "Refill asked for",
        foreign ? "" : "“R30” in the name, 30 days from last update.",
        0.2,
        foreign ? "refused" : "done",
      ),
      step("reply", foreign ? "Not yours" : "Refill sent"),
      ...(foreign ? [] : [step("forward", "SmSuper", "As 7450284.")]),
      step("cost", foreign ? "up to 1.0" : "up to 1.5", "Reply 1.0, forward 0.5."),
    ],
  };
}

function played(text: string): TestRun {
  const orders = (text.match(/\d{6,}/g) ?? []).map(orderOf);
  const asked = orders.length > 0;
  const replies = asked
    ? orders.map((order) =>
        order.verdict === "acts"
          ? `${order.order_id}: refill sent. It usually takes up to 24 hours; we write here when it is done.`
          : `Order ID does not belong to your account: ${order.order_id}`,
      )
    : /help/i.test(text)
      ? ["Write the order id and what you want: refill, cancel, speed up, status."]
      : [];
  return {
    id: id(11, 1),
    text,
    replies,
    forwards: asked
      ? [{ provider_alias: "SmSuper", to: "SmSuper / Himal Boost", text: "7450284 refill\nHimal Boost" }]
      : [],
    steps: asked
      ? [
          step("parsed", `Refill ${orders.length} orders`, "", 0.3),
          step("owner", "rina_media", "Linked to 1 panel username."),
          step("status", `Read ${orders.length} orders`, "From Himal Boost, asked once for all.", 188.6),
          step("rule", `${orders.length} verdicts`, "Refill asked for, Does not belong to the sender.", 0.2),
          step("reply", `${replies.length} replies`),
          step("forward", "1 message to providers", "SmSuper"),
          step("cost", "3.5 credits", "3 replies × 1.0, 1 forward × 0.5, nothing is charged here."),
        ]
      : [
          step("parsed", replies.length ? "Answered at once" : "No answer", "Ordinary talk.", 0.2),
          step("owner", "rina_media", "Linked to 1 panel username."),
          step("reply", replies.length ? "1 reply" : "Nothing is said"),
          step("cost", "0.0 credits", "Nothing is charged here."),
        ],
    orders,
    cost: asked ? 3_500_000 : 0,
    charged: false,
    took_ms: asked ? 194 : 1,
  };
}

let examples: Example[] | null = null;
const all = () => {
  examples ??= scenario("empty")
    ? []
    : ["Refill of one order", "Help", "Small talk"].map((name, n) => ({
        id: id(12, n),
        name,
        text: ["481799696 refill", "help", "hello sir"][n] as string,
        customer: n === 0 ? { id: id(7, 0), name: "rina_media" } : null,
        kind: n === 2 ? "group" : "direct",
        expect_replies:
          n === 0
            ? ["481799696: refill sent. It usually takes up to 12 hours."]
            : n === 1
              ? played("help").replies
              : [],
        created_at: ago(5000),
        last: n === 2 ? null : { at: ago(200), passed: n === 1 },
      }));
  return examples;
};

export const testRoomHandlers = [
  http.post(`${T}/test-room/messages`, async ({ request }) => {
    const { text } = (await request.json()) as { text: string };
    await wait(220);
    return scenario("down") ? problem(503, "unavailable") : json(played(text));
  }),
  http.get(`${T}/test-room/examples`, () => json(all())),
  http.post(`${T}/test-room/examples`, async ({ request }) => {
    const body = (await request.json()) as Omit<Example, "id" | "customer"> & { customer: string | null };
    const example: Example = {
      ...body,
      id: id(12, Date.now() % 1_000_000),
      customer: body.customer ? { id: body.customer, name: "rina_media" } : null,
      created_at: ago(0),
      last: null,
    };
    all().push(example);
    return json(example, 201);
  }),
  http.post(`${T}/test-room/examples/run`, async ({ request }) => {
    const { ids } = (await request.json()) as { ids?: string[] };
    await wait(600);
    const results: ExampleResult[] = all()
      .filter((each) => !ids || ids.includes(each.id))
      .map((each) => {
        const got = played(each.text).replies;
        const passed = got.join() === each.expect_replies.join();
        each.last = { at: ago(0), passed };
        return { id: each.id, passed, got, expected: each.expect_replies };
      });
    return json(results);
  }),
  http.delete(`${T}/test-room/examples/:id`, ({ params }) => {
    examples = all().filter((each) => each.id !== params.id);
    return none();
  }),
];
