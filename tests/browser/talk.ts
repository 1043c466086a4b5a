// A shop with a bot and customers who write to it, for the walks through test room, inbox and live pages.

import type { Page } from "@playwright/test";
import { elsewhere, expect, type World } from "./world.ts";

export interface Shop {
  tenant: string;
  name: string;
  /** The shop's part of the API. */
  at: string;
  headers: { origin: string };
}

export interface Bot {
  id: number;
  token: string;
}

export const PASSWORD = "three brown goats at dawn";
export const orderBase = (project: string, at: number) => (project === "phone" ? 482_000_000 : 481_000_000) + at;

/** Somebody who has signed up, in this browser; the first panel of the stage is theirs. */
export async function signUp(page: Page, world: World, username: string): Promise<Shop> {
  const panel = world.stage.panels[0];
  if (!panel) throw new Error("the stage has no panel");
  const headers = { origin: world.stage.url };
  const made = await page.request.post(`${world.stage.url}/api/v1/signup`, {
    headers: { ...headers, ...elsewhere() },
    data: {
      username, password: PASSWORD, whatsapp_number: "+977 9800000001", telegram_username: "@asha_shop",
      panel_url: panel.url, panel_key: panel.key, accept_terms: true, time_zone: "Asia/Kathmandu",
    },
  });
  expect(made.status(), await made.text()).toBe(201);
  let me: { tenants: { tenant: string; name: string; state: string }[] } = { tenants: [] };
  await expect
    .poll(async () => {
      me = await (await page.request.get(`${world.stage.url}/api/v1/me`)).json();
      return me.tenants[0]?.state;
    }, { timeout: 30_000 })
    .toBe("active");
  const tenant = me.tenants[0];
  if (!tenant) throw new Error("no shop was made");
  return { tenant: tenant.tenant, name: tenant.name, at: `${world.stage.url}/api/v1/tenants/${tenant.tenant}`, headers };
}

export async function connectBot(page: Page, world: World, shop: Shop, username: string): Promise<Bot> {
  const bot = await world.peer<Bot>("POST", "/sim/bots", { username, can_read_all_group_messages: true });
  const made = await page.request.post(`${shop.at}/channels/telegram-bots`, {
    headers: shop.headers, data: { name: "Support", token: bot.token },
  });
  expect(made.status(), await made.text()).toBe(201);
  await expect
    .poll(async () => (await world.peer<{ result: { url: string } }>("POST", `/bot${bot.token}/getWebhookInfo`, {})).result.url)
    .not.toBe("");
  return bot;
}

/** A person on Telegram who is a customer of the shop under this panel username. */
export async function customer(page: Page, world: World, shop: Shop, name: string, username: string): Promise<number> {
  const person = await world.peer<{ id: number }>("POST", "/sim/users", { first_name: name });
  const panels = await (await page.request.get(`${shop.at}/panels`)).json();
  world.cli("customer", "link", "--tenant", shop.name, "--name", name, "--panel", panels[0].name, "--username", username,
    "--telegram-id", String(person.id));
  return person.id;
}

export async function say(world: World, bot: Bot, from: number, text: string, chat = from) {
  await world.peer("POST", "/sim/say", { bot: bot.token, chat, from, text });
}

/** The shop's schema, for rows that would take too long to be said one by one. */
export const schemaOf = (shop: Shop) => `t_${shop.tenant.replaceAll("-", "")}`;
