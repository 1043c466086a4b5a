import { http } from "msw";
import type { Settings, SettingsEdit } from "../src/api/contract";
import { json, problem, T } from "./kit";

let settings: Settings = {
  reply_style: "auto",
  silent_mode: false,
  languages: ["en", "ne"],
  language: "en",
  time_zone: "Asia/Kathmandu",
  style_costs: [
    { style: "auto", replies_for_100: 6, cost_for_100: 6_000_000, seconds_for_100: 6 },
    { style: "per_order", replies_for_100: 101, cost_for_100: 101_000_000, seconds_for_100: 101 },
    { style: "grouped", replies_for_100: 6, cost_for_100: 6_000_000, seconds_for_100: 6 },
  ],
  pause_minutes: 30,
  retention_days: 180,
  shop_name: "Himal Boost",
};

export const settingsHandlers = [
  http.get(`${T}/settings`, () => json(settings)),
  http.patch(`${T}/settings`, async ({ request }) => {
    const edit = (await request.json()) as Partial<SettingsEdit>;
    if (edit.shop_name === "bad") {
      const message = "At most 60 characters in one line.";
      return problem(422, "validation", { errors: [{ field: "shop_name", code: "invalid", message }] });
    }
    settings = { ...settings, ...edit };
    return json(settings);
  }),
];
