import { http } from "msw";
import type { Home } from "../src/api/contract";
import { ago, id, json, scenario, T } from "./kit";

export const mockHome = (): Home => ({
  verdict: {
    state: "failed",
    sentence:
      "The bot himalboost_bot lost its token and Dhaka Promo hides behind a browser check. The rest answers.",
  },
  checklist: null,
  channels: [
    {
      id: id(4, 1),
      name: "Support",
      channel: "telegram_bot",
      state: "online",
      state_text: "Online",
      since: ago(9000),
      last_in_at: ago(0.2),
      last_out_at: ago(0.15),
    },
    {
      id: id(4, 2),
      name: "himalboost_bot",
      channel: "telegram_bot",
      state: "logged_out",
      state_text: "Token refused 14:02",
      since: ago(13),
      last_in_at: ago(19),
      last_out_at: ago(19),
    },
    {
      id: id(4, 3),
      name: "Wholesale",
      channel: "telegram_bot",
      state: "online",
      state_text: "Online",
      since: ago(2000),
      last_in_at: ago(4.7),
      last_out_at: ago(4.6),
    },
  ],
  panels: [
    {
      id: id(5, 1),
      name: "Himal Boost",
      state: "ok",
      sentence: "Answers in 188 ms",
      last_answer_at: ago(0.4),
    },
    {
      id: id(5, 2),
      name: "Boost Wholesale",
      state: "down",
      sentence: "Does not answer. Asked again by itself",
      last_answer_at: ago(0.8),
    },
    {
      id: id(5, 3),
      name: "Dhaka Promo",
      state: "down",
      sentence: "A browser check stands in front since 13:09",
      last_answer_at: ago(57),
    },
  ],
  credits: { messages_left: 6412, balance: 6_412_000_000, days_left: 9.2, per_day: 697_000_000 },
  need_person: 7,
  oldest_need_person_at: ago(131),
  today: {
    messages: 779,
    orders: 1046,
    by_outcome: [
      { outcome: "refill_requested", count: 274 },
      { outcome: "status_told", count: 541 },
      { outcome: "not_eligible", count: 180 },
      { outcome: "not_yours", count: 41 },
      { outcome: "staff", count: 7 },
      { outcome: "panel_unavailable", count: 3 },
    ],
    usual_orders: 930,
  },
  silent_mode: false,
});

const setupHome = (): Home => ({
  ...mockHome(),
  verdict: { state: "setup", sentence: "Three steps until the first customer is answered." },
  channels: [],
  panels: [
    {
      id: id(5, 1),
      name: "Himal Boost",
      state: "ok",
      sentence: "Answers in 188 ms",
      last_answer_at: ago(0.4),
    },
  ],
  checklist: [
    {
      key: "panel",
      done: true,
      detail:
        "Himal Boost answers in 188 ms. The key can read orders and cancel; it cannot create refills, so refills go to your provider groups.",
    },
    { key: "try", done: true, detail: "You wrote “481799696 refill” and got your answer in 194 ms." },
    { key: "bot", done: false, detail: "" },
    { key: "customer", done: false, detail: "" },
    { key: "provider", done: false, detail: "" },
    { key: "group", done: false, detail: "" },
  ],
  credits: { messages_left: 100, balance: 100_000_000, days_left: null, per_day: 0 },
  need_person: 0,
  oldest_need_person_at: null,
  today: { messages: 0, orders: 0, by_outcome: [], usual_orders: null },
});

const goodHome = (): Home => ({
  ...mockHome(),
  verdict: { state: "ok", sentence: "Everything works. 779 messages answered today." },
  channels: mockHome().channels.filter((channel) => channel.state === "online"),
  panels: mockHome().panels.filter((panel) => panel.state === "ok"),
  need_person: 0,
  oldest_need_person_at: null,
});

export const homeHandlers = [
  http.get(`${T}/home`, () =>
    json(scenario("setup") || scenario("new") ? setupHome() : scenario("good") ? goodHome() : mockHome()),
  ),
];
