// An owner who has never seen it, in a real browser against the real server: from the sign-up page to an answered customer.

import type { Locator } from "@playwright/test";
import { accessible, expect, shot, test } from "./world.ts";

test("from the sign-up page to the first answered customer", async ({ page, world }) => {
  const name = `asha-${test.info().project.name}`;
  const panel = world.stage.panels[0]!;
  const base = test.info().project.name === "phone" ? 482_000_001 : 481_000_001;
  await world.orders(panel.id, [
    { id: base, user: "rina", status: "Completed", external: String(base + 1_000_000_000) },
    { id: base + 1, user: "rina", status: "In progress", external: String(base + 1_000_000_001) },
    { id: base + 2, user: "somebody", status: "Completed", external: String(base + 1_000_000_002) },
  ]);

  await page.goto(`${world.stage.url}/signup`);
  await page.getByRole("button", { name: "Create account and try it" }).click();
  await expect(page.getByText("Choose a name to log in with.")).toBeVisible();
  await accessible(page, "signup-errors");
  await page.getByLabel("Username", { exact: true }).fill(name);
  await page.getByLabel("Password", { exact: true }).fill("three brown goats at dawn");
  await page.getByLabel("WhatsApp number").fill("+977 9800000001");
  await page.getByLabel("Telegram username").fill("@asha_shop");
  await page.getByLabel("SMM panel URL").fill(panel.url);
  await page.getByLabel("Panel API key").fill(panel.key);
  await page.getByRole("checkbox").check();
  await shot(page, "signup-filled");
  await page.getByRole("button", { name: "Create account and try it" }).click();
  await page.waitForURL("**/home**");
  await expect(page.getByText("Connect a Telegram bot", { exact: true })).toBeVisible({ timeout: 30_000 });
  await accessible(page, "home-setup");

  // From here on every press counts: eight are enough for a first answered customer.
  let presses = 0;
  const press = async (what: Locator) => {
    presses += 1;
    await what.click();
  };
  const person = await world.peer<{ id: number }>("POST", "/sim/users", { first_name: "Rina" });
  const bot = await world.peer<{ id: number; token: string }>("POST", "/sim/bots", {
    username: `Shop${base}Bot`, can_read_all_group_messages: true,
  });
  const says = (text: string) => world.peer("POST", "/sim/say", { bot: bot.token, chat: person.id, from: person.id, text });
  const told = async () => {
    const { sent } = await world.peer<{ sent: { chat: number; text: string }[] }>("GET", "/sim/sent?since=0");
    return sent.filter((row) => row.chat === person.id).map((row) => row.text);
  };

  await press(page.getByRole("link", { name: "Connect Telegram bot" }));
  await page.getByRole("textbox", { name: "Token" }).fill(bot.token);
  await press(page.getByRole("button", { name: "Connect bot" }));
  await expect(page.getByRole("heading", { name: "Support is connected" })).toBeVisible();
  await press(page.getByRole("button", { name: "Done" }));
  await expect(page.getByText("Online", { exact: true })).toBeVisible({ timeout: 20_000 });
  await accessible(page, "walk-channels");

  // A customer writes; nobody knows yet whose orders he may ask about.
  await says("hello");
  await page.goto(`${world.stage.url}/home`);
  await press(page.getByRole("link", { name: "Link customers" }));
  await press(page.getByRole("link", { name: /^Not linked yet/ }));
  await press(page.getByRole("link", { name: "Rina" }));
  await press(page.getByRole("button", { name: "Add as a new customer" }));
  await page.getByLabel(/Username on/).fill("rina");
  await press(page.getByRole("button", { name: "Add customer" }));
  await expect(page.getByText("Rina now writes for Rina.")).toBeVisible();
  expect(presses).toBeLessThanOrEqual(8);

  await says(`${base},${base + 1} refill`);
  await says(`${base + 2} refill`);
  await expect.poll(told, { timeout: 20_000 }).toContain("Order ID does not belong to your account");
  expect(await told()).toContainEqual(expect.stringMatching(`^${base}: `));
  await accessible(page, "walk-customers");
  // The server answers, so no page says that it is lost.
  await expect(page.getByText("No connection")).toHaveCount(0);

  await page.goto(`${world.stage.url}/requests`);
  await expect(page.getByText(String(base), { exact: true }).first()).toBeVisible();
  await accessible(page, "requests");
  await page.getByText(String(base), { exact: true }).first().click();
  await expect(page.getByText("From message to end")).toBeVisible();
  await accessible(page, "request-open");
  await page.goto(`${world.stage.url}/wallet`);
  // Three messages were answered of a hundred: what they took stands with its sign, in credits.
  await expect(page.getByText("Credits from the platform")).toBeVisible();
  await expect(page.getByText("+ 100.0", { exact: true })).toBeVisible();
  await expect(page.getByText("− 1.0", { exact: true })).toHaveCount(3);
  // Three in the last seven days.
  await expect(page.getByText("0.429", { exact: true })).toBeVisible();
  await accessible(page, "wallet");
  await page.goto(`${world.stage.url}/home`);
  await expect(page.getByText("Switch a group on", { exact: true })).toBeVisible();
  await accessible(page, "home");
  await page.goto(`${world.stage.url}/account`);
  await expect(page.getByRole("heading", { name: "Log-ins" })).toBeVisible();
  await accessible(page, "account");
});

test("a login that does not fit", async ({ page, world }) => {
  await page.goto(`${world.stage.url}/login`);
  await accessible(page, "login");
  await page.getByLabel("Username", { exact: true }).fill("nobody");
  await page.getByLabel("Password", { exact: true }).fill("three brown goats");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByText("Username and password do not fit.")).toBeVisible();
  await shot(page, "login-failed");
});
