// Pages that change by themselves, and repair themselves: after a restart, without a network, when a session or an account ends.

import type { Browser, Page } from "@playwright/test";
import { built, expect, shot, test, type World } from "./world.ts";
import { type Bot, connectBot, customer, orderBase, PASSWORD, say, type Shop, signUp } from "./talk.ts";

const SOON_MS = 1000;

/** Everything up to a chat with one answered message. */
async function begun(page: Page, world: World, name: string, at: number): Promise<{ shop: Shop; bot: Bot; rina: number; base: number }> {
  const project = test.info().project.name;
  const base = orderBase(project, at);
  const shop = await signUp(page, world, `${name}-${project}`);
  const bot = await connectBot(page, world, shop, `Live${base}Bot`);
  await world.orders(world.stage.panels[0]!.id, Array.from({ length: 30 }, (_, n) => ({
    id: base + n, user: "rina", status: "Completed", external: String(base + 1_000_000_000 + n),
  })));
  const rina = await customer(page, world, shop, "Rina", "rina");
  await say(world, bot, rina, `${base} refill`);
  await expect.poll(async () => (await (await page.request.get(`${shop.at}/requests?view=all`)).json()).items.length, { timeout: 15_000 }).toBe(1);
  return { shop, bot, rina, base };
}

/** A socket that has said hello, in whatever page is opened next. */
function greeted(page: Page): Promise<unknown> {
  return page.waitForEvent("websocket").then((socket) =>
    socket.waitForEvent("framereceived", (frame) => String(frame.payload).includes("hello")));
}

/** Milliseconds from when the server has the message until it stands on the page. */
async function took(from: Promise<unknown>, seen: Promise<unknown>): Promise<number> {
  await from;
  const start = Date.now();
  await seen;
  return Date.now() - start;
}

test("a message shows in Inbox and Requests within a second, and no row moves under the finger", async ({ page, world }) => {
  const { shop, bot, rina, base } = await begun(page, world, "live", 31_000);
  let hello = greeted(page);
  await page.goto(`${world.stage.url}/requests?view=all`);
  await hello;
  await expect(page.getByText(String(base), { exact: true }).first()).toBeVisible();

  const stored = (order: number) => expect.poll(
    async () => (await (await page.request.get(`${shop.at}/requests?view=all&ids=${order}`)).json()).items.length,
    { intervals: [20], timeout: 15_000 },
  ).toBe(1);
  await say(world, bot, rina, `${base + 1} refill`);
  const listed = await took(stored(base + 1), page.getByText(String(base + 1), { exact: true }).first().waitFor({ timeout: 15_000 }));
  expect(listed, "milliseconds until it stands in Requests").toBeLessThan(SOON_MS);

  // A hand at the list: nothing moves, what is new waits and is counted.
  const row = page.getByText(String(base + 1), { exact: true }).first();
  const box = await row.boundingBox();
  if (!box) throw new Error("no row");
  await page.mouse.move(box.x + 4, box.y + 4);
  await page.mouse.move(box.x + 6, box.y + 6);
  await say(world, bot, rina, `${base + 2} refill`);
  await stored(base + 2);
  await expect(page.getByRole("button", { name: /1 new/ })).toBeVisible();
  expect((await row.boundingBox())?.y).toBe(box.y);
  await shot(page, "live-waiting");
  await page.getByRole("button", { name: /1 new/ }).click();
  await expect(page.getByText(String(base + 2), { exact: true }).first()).toBeVisible();

  hello = greeted(page);
  const { items } = await (await page.request.get(`${shop.at}/chats`)).json();
  await page.goto(`${world.stage.url}/inbox?chat=${items[0].id}`);
  await hello;
  const chat = page.getByRole("log");
  await expect(chat.getByText(`${base + 1} refill`, { exact: true })).toBeVisible();
  const said = expect.poll(
    async () => JSON.stringify(await (await page.request.get(`${shop.at}/chats/${items[0].id}/messages`)).json()).includes("good evening"),
    { intervals: [20], timeout: 15_000 },
  ).toBe(true);
  await say(world, bot, rina, "good evening");
  const shown = await took(said, chat.getByText("good evening").waitFor({ timeout: 15_000 }));
  expect(shown, "milliseconds until it stands in the chat").toBeLessThan(SOON_MS);
  await expect(page.getByText("No connection")).toHaveCount(0);
});

test("repairs itself after a restart of the server, and after the network was gone", async ({ page, world }) => {
  const { bot, rina, base } = await begun(page, world, "mend", 32_000);
  const hello = greeted(page);
  await page.goto(`${world.stage.url}/requests?view=all`);
  await hello;
  await expect(page.getByText(String(base), { exact: true }).first()).toBeVisible();
  let back = greeted(page);
  await world.restart();
  await back;
  await say(world, bot, rina, `${base + 1} refill`);
  await expect(page.getByText(String(base + 1), { exact: true }).first()).toBeVisible({ timeout: 15_000 });
  await expect(page.getByText("No connection")).toHaveCount(0);

  await page.context().setOffline(true);
  await expect(page.getByText(/No connection since/)).toBeVisible();
  await shot(page, "live-lost");
  await say(world, bot, rina, `${base + 2} refill`);
  // Answered, and this page does not know.
  await expect
    .poll(async () => (await world.peer<{ sent: { chat: number; text: string }[] }>("GET", "/sim/sent?since=0")).sent
      .some((row) => row.chat === rina && row.text.includes(String(base + 2))), { timeout: 15_000 })
    .toBe(true);
  await expect(page.getByText(String(base + 2), { exact: true })).toHaveCount(0);
  back = greeted(page);
  await page.context().setOffline(false);
  await back;
  await expect(page.getByText(String(base + 2), { exact: true }).first()).toBeVisible({ timeout: 15_000 });
  await expect(page.getByText(/No connection since/)).toHaveCount(0);
});

async function elsewhere(browser: Browser, world: World, username: string) {
  const context = await browser.newContext();
  const made = await context.request.post(`${world.stage.url}/api/v1/login`, {
    headers: { origin: world.stage.url }, data: { username, password: PASSWORD },
  });
  expect(made.status(), await made.text()).toBe(200);
  return context;
}

test("a session that is ended elsewhere closes the page to the login", async ({ page, world, browser }) => {
  const project = test.info().project.name;
  await signUp(page, world, `ended-${project}`);
  const hello = greeted(page);
  await page.goto(`${world.stage.url}/inbox`);
  await hello;
  const other = await elsewhere(browser, world, `ended-${project}`);
  const ended = await other.request.delete(`${world.stage.url}/api/v1/me/sessions`, { headers: { origin: world.stage.url } });
  expect(ended.status()).toBe(204);
  await page.waitForURL("**/login?**", { timeout: 3000 });
  await expect(page.getByText("You were logged out.")).toBeVisible();
  await page.getByLabel("Username", { exact: true }).fill(`ended-${project}`);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL("**/inbox**");
  await other.close();
});

test("a suspended owner is told so, and is back when reinstated", async ({ page, world }) => {
  const project = test.info().project.name;
  await signUp(page, world, `halted-${project}`);
  const hello = greeted(page);
  await page.goto(`${world.stage.url}/inbox`);
  await hello;
  await expect(page.getByText("No chat yet")).toBeVisible();
  const state = (word: string) => world.sql(`UPDATE platform.account SET state = '${word}' WHERE username = 'halted-${project}'`);
  state("suspended");
  await expect(page.getByText(/This account is suspended/)).toBeVisible({ timeout: 10_000 });
  await expect(page.getByText("No chat yet")).toHaveCount(0);
  await shot(page, "live-suspended");
  state("active");
  // The server obeys within a second.
  await expect(async () => {
    await page.reload();
    await expect(page.getByText("No chat yet")).toBeVisible({ timeout: 3000 });
  }).toPass({ timeout: 15_000 });
});

test("a one-time link logs in once", async ({ page, world, browser }) => {
  const project = test.info().project.name;
  await signUp(page, world, `link-${project}`);
  const { link } = JSON.parse(world.cli("user", "login-link", `link-${project}`)) as { link: string };
  const context = await browser.newContext();
  const fresh = await context.newPage();
  await built(fresh);
  await fresh.goto(link);
  await fresh.waitForURL("**/home**");
  expect(fresh.url()).not.toContain("#");
  const again = await (await browser.newContext()).newPage();
  await built(again);
  await again.goto(link);
  await expect(again.getByText(/not valid any more/)).toBeVisible();
  await expect(again.getByLabel("Username", { exact: true })).toBeVisible();
  expect(again.url()).not.toContain("#");
  await context.close();
  await again.context().close();
});
