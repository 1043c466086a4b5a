import { http } from "msw";
import type { ReplyText } from "../src/api/contract";
import { json, problem, T } from "./kit";

const VARIABLES = [
  { name: "ORDERID", meaning: "The order's id; of several, all of them", sample: "12345678" },
  { name: "STATUS", meaning: "The order's status", sample: "completed" },
  {
    name: "ORDERS",
    meaning: "For loops: {% for order in ORDERS %}{{ order.ORDERID }}{% endfor %}",
    sample: "a list",
  },
];
const said = (text: string, order = "12345678") =>
  text.replaceAll("{ORDERID}", order).replaceAll("{STATUS}", "completed");
const unknown = (text: string) =>
  [...text.matchAll(/\{([A-Z_]+)\}/g)]
    .map((match) => match[1])
    .find((name) => !VARIABLES.some((each) => each.name === name));

const TEXTS: [string, string, string, string][] = [
  ["refill_requested", "Accepted", "Refill accepted", "{ORDERID}: refill request has been added."],
  [
    "still_pending_speed_up",
    "Accepted",
    "Still pending, speed-up added",
    "{ORDERID} is still pending. Speed-up request has been added.",
  ],
  ["not_yours", "Refused", "Not their order", "Order ID does not belong to your account"],
  ["refill_window_over", "Refused", "Refill period over", "{ORDERID}: the refill period is over."],
  ["ask_command", "Questions", "What shall we do?", "What shall we do with these orders?"],
  ["under_review", "For your team", "Under review", "{ORDERID} is under review by our team."],
  ["help", "Other", "Help", "Send order ids and what you need: refill, cancel, speed up or status."],
];
const text = (lang: string) => (row: (typeof TEXTS)[number]) => {
  const [key, group, title, words] = row;
  return {
    key,
    lang,
    group,
    title,
    when: "When this happens to an order.",
    text: words,
    default_text: words,
    changed: false,
    variables: words.includes("{") ? VARIABLES : [],
    preview: said(words),
  } satisfies ReplyText;
};
const book: Record<string, ReplyText[]> = { en: TEXTS.map(text("en")), ne: TEXTS.map(text("ne")) };
const find = (key: unknown, lang: string | null) => book[lang ?? "en"]?.find((each) => each.key === key);

export const replyHandlers = [
  http.get(`${T}/replies`, ({ request }) =>
    json(book[new URL(request.url).searchParams.get("lang") ?? "en"] ?? []),
  ),
  http.put(`${T}/replies/:key`, async ({ params, request }) => {
    const body = (await request.json()) as { lang: string; text: string };
    const row = find(params.key, body.lang);
    if (!row) return problem(404, "not-found");
    const bad = unknown(body.text);
    if (bad) {
      const message = `\`${bad}\` is not a variable.`;
      return problem(422, "validation", { errors: [{ field: "text", code: "not-usable", message }] });
    }
    return json(Object.assign(row, { text: body.text, changed: body.text !== row.default_text }));
  }),
  http.delete(`${T}/replies/:key`, ({ params, request }) => {
    const row = find(params.key, new URL(request.url).searchParams.get("lang"));
    if (!row) return problem(404, "not-found");
    return json(Object.assign(row, { text: row.default_text, changed: false }));
  }),
  http.post(`${T}/replies/preview`, async ({ request }) => {
    const body = (await request.json()) as { text: string; order?: { order_id: string } };
    const bad = unknown(body.text);
    const order = body.order?.order_id;
    return json({
      text: bad ? "" : said(body.text, order),
      order: order ?? "sample",
      problems: bad ? [`\`${bad}\` is not a variable.`] : [],
    });
  }),
];
