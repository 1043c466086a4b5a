// The page of channels against the real server and a Bot API peer: a bot from its token to its end, its groups, a code that binds one.

import { owner } from "./owner.ts";
import { accessible, expect, shot, test, type World } from "./world.ts";

interface Bot {
  id: number;
  token: string;
}
let seen = 0;
const makeBot = async (world: World, reads = true) => {
  seen += 1;
  const username = `Shop${Date.now() % 10_000_000}${seen}Bot`;
  const bot = await world.peer<Bot>("POST", "/sim/bots", { username, can_read_all_group_messages: reads });
  return { ...bot, username };
};
/** The bot listens: its webhook is set. */
const listens = (world: World, bot: Bot) =>
  expect
    .poll(async () => (await world.peer<{ result: { url: string } }>("POST", `/bot${bot.token}/getWebhookInfo`, {})).result.url)
    .not.toBe("");

test("a bot from its token to its end", async ({ page, world }) => {
  const shop = await owner(page, world, "bots");
  const bot = await makeBot(world, false);
  // The checklist leads to the form itself.
  await page.goto(`${world.stage.url}/home`);
  await page.getByRole("link", { name: "Connect Telegram bot" }).click();
  await expect(page.getByRole("dialog", { name: "Connect Telegram bot" })).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("heading", { name: "No channel yet" })).toBeVisible();
  await accessible(page, "channels-empty");

  await page.getByRole("button", { name: "Connect Telegram bot" }).click();
  await page.getByRole("button", { name: "Connect bot" }).click();
  await expect(page.getByText("Paste the token that BotFather gave you.")).toBeVisible();
  await page.getByRole("textbox", { name: "Token" }).fill("12345:short");
  await page.getByRole("button", { name: "Connect bot" }).click();
  await expect(page.getByText("This is not a whole token.")).toBeVisible();
  await accessible(page, "channels-bad-token");
  await page.getByRole("textbox", { name: "Token" }).fill(`9${bot.token}`);
  await page.getByRole("button", { name: "Connect bot" }).click();
  await expect(page.getByText("Telegram does not know this token.")).toBeVisible();
  await page.getByRole("textbox", { name: "Token" }).fill(bot.token);
  await page.getByRole("button", { name: "Connect bot" }).click();
  await expect(page.getByRole("heading", { name: "Support is connected" })).toBeVisible();
  await expect(page.getByRole("dialog").getByText("It cannot read groups yet.")).toBeVisible();
  await accessible(page, "channels-connected");
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("Online", { exact: true })).toBeVisible({ timeout: 20_000 });
  await accessible(page, "channels-one");

  // Privacy off at BotFather, checked here: the warning goes.
  await world.peer("PATCH", `/sim/bots/${bot.token}`, { can_read_all_group_messages: true });
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByText("It cannot read groups yet.")).toHaveCount(0);

  await page.getByRole("link", { name: "Groups and more" }).click();
  await expect(page.getByText("No group yet")).toBeVisible();
  await accessible(page, "channels-open-empty");
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByLabel("Name for you and your staff").fill("Front desk");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("complementary", { name: "Front desk" })).toBeVisible();

  await page.getByRole("button", { name: "Switch off" }).click();
  await expect(page.getByText("Front desk is off.")).toBeVisible();
  await accessible(page, "channels-off");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Front desk is on again.")).toBeVisible();

  // A bot of its own is not this one's token; and one that works elsewhere is not given away.
  const other = await makeBot(world);
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByRole("textbox", { name: "Token" }).fill(other.token);
  await page.getByRole("button", { name: "Use this token" }).click();
  await expect(page.getByText("This token belongs to")).toBeVisible();
  await shot(page, "channels-other-bot");
  await page.getByRole("button", { name: "Cancel" }).click();

  const side = page.getByRole("complementary", { name: "Front desk" });
  await world.peer("PATCH", `/sim/bots/${bot.token}`, { revoked: true });
  await side.getByRole("button", { name: "Check now" }).click();
  await expect(side.getByText("Token refused")).toBeVisible();
  await accessible(page, "channels-revoked");
  await world.peer("PATCH", `/sim/bots/${bot.token}`, { revoked: false });
  await side.getByRole("button", { name: "New token" }).click();
  await page.getByRole("textbox", { name: "Token" }).fill(bot.token);
  await page.getByRole("button", { name: "Use this token" }).click();
  await page.getByRole("button", { name: "Done" }).click();

  await page.getByRole("button", { name: "Disconnect" }).click();
  await expect(page.getByText("Chats, groups and requests are kept")).toBeVisible();
  await accessible(page, "channels-leave");
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  await expect(page.getByRole("heading", { name: "No channel yet" })).toBeVisible();
  expect(await shop.get("/channels")).toEqual([]);
});

test("a bot that works elsewhere, and one that another program uses", async ({ page, world, browser }) => {
  const first = await (await browser.newContext()).newPage();
  const elsewhere = await owner(first, world, "else");
  const taken = await makeBot(world);
  await elsewhere.post("/channels/telegram-bots", { name: "Theirs", token: taken.token });
  await first.context().close();

  await owner(page, world, "taken");
  const bot = await makeBot(world);
  await world.peer("POST", `/bot${bot.token}/setWebhook`, { url: "https://bots.example.org/hook" });
  await page.goto(`${world.stage.url}/channels`);
  await page.getByRole("button", { name: "Connect Telegram bot" }).click();
  await page.getByRole("textbox", { name: "Token" }).fill(taken.token);
  await page.getByRole("button", { name: "Connect bot" }).click();
  await expect(page.getByText("This bot works for another shop here.")).toBeVisible();
  await accessible(page, "channels-taken");
  await page.getByRole("textbox", { name: "Token" }).fill(bot.token);
  await page.getByRole("button", { name: "Connect bot" }).click();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("Used by another program")).toBeVisible({ timeout: 30_000 });
  await accessible(page, "channels-elsewhere");
  await page.getByRole("button", { name: "Take over" }).click();
  await accessible(page, "channels-take-over");
  await page.getByRole("dialog").getByRole("button", { name: "Take over" }).click();
  await expect(page.getByText("Online", { exact: true })).toBeVisible({ timeout: 30_000 });
});

test("groups: modes, a code, for whom they act", async ({ page, world }) => {
  const shop = await owner(page, world, "groups");
  const bot = await makeBot(world);
  const channel = await shop.post<{ id: string }>("/channels/telegram-bots", { name: "Support", token: bot.token });
  await listens(world, bot);
  const rina = await world.peer<{ id: number }>("POST", "/sim/users", { first_name: "Rina" });
  const dev = await world.peer<{ id: number }>("POST", "/sim/users", { first_name: "Dev" });
  await shop.post("/customers", { name: "Rina Media", links: [] });
  await shop.post("/customers", { name: "Himal Resale", links: [] });
  const group = (title: string) =>
    world.peer<{ id: number }>("POST", "/sim/groups", {
      title, type: "supergroup", members: [rina.id, dev.id], bots: [bot.token],
    });
  await group("Rina team");
  const lost = await group("Old resellers");
  await world.peer("POST", `/sim/groups/${lost.id}/remove`, { bot: bot.token });
  await page.goto(`${world.stage.url}/channels?open=${channel.id}`);
  await expect(page.getByText("Rina team", { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText("removed from the group")).toBeVisible({ timeout: 20_000 });
  const mode = page.getByRole("group", { name: "What the bot does in Rina team" });
  await mode.getByRole("button", { name: "Support" }).click();
  await expect(page.getByText("Rina team: Support")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(mode.getByRole("button", { name: "Off" })).toHaveAttribute("aria-pressed", "true");
  await mode.getByRole("button", { name: "Support" }).click();
  await expect(mode.getByRole("button", { name: "Support" })).toHaveAttribute("aria-pressed", "true");
  await accessible(page, "channels-groups");

  await page.getByRole("button", { name: "Connect group" }).click();
  await expect(page.getByText("Waiting for the group")).toBeVisible();
  await accessible(page, "channels-bind");
  const line = (await page.locator(".said code").textContent()) ?? "";
  const fresh = await world.peer<{ id: number }>("POST", "/sim/groups", {
    title: "Sita and friends", type: "supergroup", members: [rina.id], bots: [bot.token],
  });
  await world.peer("POST", "/sim/say", { bot: bot.token, chat: fresh.id, from: rina.id, text: line });
  await expect(page.getByText("Sita and friends is connected.")).toBeVisible({ timeout: 20_000 });
  await accessible(page, "channels-bound");
  await page.getByRole("button", { name: "Done" }).click();

  await world.peer("POST", "/sim/say", { bot: bot.token, chat: fresh.id, from: dev.id, text: "481799696 status" });
  await page.getByRole("link", { name: "Sita and friends" }).click();
  await expect(page.getByText("Dev", { exact: true })).toBeVisible({ timeout: 20_000 });
  await page.getByRole("button", { name: "Let the group act as one customer" }).click();
  await page.getByRole("radio", { name: /Rina Media/ }).check();
  await accessible(page, "channels-acts-as");
  await page.getByRole("button", { name: "Act as Rina Media" }).click();
  await expect(page.getByText("Everybody here acts as")).toBeVisible();
  // Who comes after that is told apart.
  const late = await world.peer<{ id: number }>("POST", "/sim/users", { first_name: "Sunil" });
  await world.peer("POST", `/sim/groups/${fresh.id}/members`, { user: late.id });
  await world.peer("POST", "/sim/say", { bot: bot.token, chat: fresh.id, from: late.id, text: "481799696 status" });
  await expect(page.getByText("Came later", { exact: true })).toBeVisible({ timeout: 30_000 });
  await accessible(page, "channels-group");
  await page.getByRole("button", { name: "Each for themselves again" }).click();
  await expect(page.getByText("Each person asks about their own orders")).toBeVisible();
});

test("fifty and more groups, and several bots", async ({ page, world }) => {
  const shop = await owner(page, world, "many");
  const channels = [];
  for (let n = 0; n < 5; n += 1) {
    const bot = await makeBot(world, n !== 3);
    channels.push(await shop.post<{ id: string }>("/channels/telegram-bots", { name: `Desk ${n + 1}`, token: bot.token }));
  }
  const bot = await makeBot(world);
  const busy = await shop.post<{ id: string }>("/channels/telegram-bots", { name: "Resellers of the far west", token: bot.token });
  await listens(world, bot);
  const rina = await world.peer<{ id: number }>("POST", "/sim/users", { first_name: "Rina" });
  for (let n = 0; n < 60; n += 1)
    await world.peer("POST", "/sim/groups", {
      title: `Resellers ${String(n + 1).padStart(3, "0")} of a name that is long`, members: [rina.id], bots: [bot.token],
    });
  await expect
    .poll(async () => (await shop.get<{ groups: { off: number } }[]>("/channels")).reduce((sum, one) => sum + one.groups.off, 0), {
      timeout: 30_000,
    })
    .toBe(60);
  await page.goto(`${world.stage.url}/channels`);
  await expect(page.getByText("Desk 5", { exact: true })).toBeVisible();
  await accessible(page, "channels-six");
  await page.goto(`${world.stage.url}/channels?open=${busy.id}`);
  await expect(page.getByText("Resellers 001")).toBeVisible();
  await accessible(page, "channels-many-groups");
  await page.getByRole("link", { name: "next 50" }).click();
  await expect(page.getByText("Resellers 051")).toBeVisible();
  await page.getByPlaceholder("Find a group by its title").fill("017");
  await expect(page.getByText("Resellers 017")).toBeVisible();
  await expect(page.getByText("Resellers 051")).toHaveCount(0);
  await shot(page, "channels-search");
});

test("a provider's group is never a customers' group", async ({ page, world }) => {
  const shop = await owner(page, world, "both");
  const bot = await makeBot(world);
  const channel = await shop.post<{ id: string }>("/channels/telegram-bots", { name: "Support", token: bot.token });
  await listens(world, bot);
  const rina = await world.peer<{ id: number }>("POST", "/sim/users", { first_name: "Rina" });
  const provider = await shop.post<{ id: string }>("/providers", { alias: "Cedar" });
  const made = await shop.post<{ code: string }>("/bind-codes", { purpose: "provider_group", account: channel.id, provider: provider.id });
  const group = await world.peer<{ id: number }>("POST", "/sim/groups", {
    title: "Cedar refills", type: "supergroup", members: [rina.id], bots: [bot.token],
  });
  await world.peer("POST", "/sim/say", { bot: bot.token, chat: group.id, from: rina.id, text: `/start@${bot.username} ${made.code}` });
  await page.goto(`${world.stage.url}/channels?open=${channel.id}`);
  await expect(page.getByText("provider Cedar")).toBeVisible({ timeout: 30_000 });
  await page.getByRole("button", { name: "Connect group" }).click();
  await expect(page.getByText("Waiting for the group")).toBeVisible();
  const line = (await page.locator(".said code").textContent()) ?? "";
  await world.peer("POST", "/sim/say", { bot: bot.token, chat: group.id, from: rina.id, text: line });
  await expect(page.getByText("Cedar refills could not be connected.")).toBeVisible({ timeout: 20_000 });
  await accessible(page, "channels-bind-refused");
  await page.getByRole("button", { name: "Close" }).last().click();
  await page.getByRole("link", { name: "Cedar refills" }).click();
  await expect(page.getByText("Requests for a provider go here.")).toBeVisible();
  await accessible(page, "channels-provider-group");
});

test("who may only look, who may not, no network, and the other language", async ({ page, world }) => {
  const shop = await owner(page, world, "looks");
  const bot = await makeBot(world, false);
  const channel = await shop.post<{ id: string }>("/channels/telegram-bots", { name: "Support", token: bot.token });
  await listens(world, bot);
  await world.peer("POST", "/sim/groups", { title: "Rina team", type: "supergroup", members: [], bots: [bot.token] });
  const role = async (keep: (permission: string) => boolean) =>
    page.route("**/api/v1/me", async (route) => {
      const answer = await route.fetch();
      const me = await answer.json();
      for (const one of me.tenants) one.permissions = one.permissions.filter(keep);
      await route.fulfill({ response: answer, json: me });
    });
  await role((permission) => !permission.endsWith(".manage"));
  await page.goto(`${world.stage.url}/channels?open=${channel.id}`);
  await expect(page.getByText("Your role may look.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Connect Telegram bot" })).toHaveCount(0);
  await accessible(page, "channels-looking");
  await page.goto(`${world.stage.url}/settings`);
  await expect(page.getByText("Your role may look.")).toBeVisible();
  await accessible(page, "settings-looking");
  await page.unroute("**/api/v1/me");

  for (const area of ["channels", "panels", "settings"]) {
    const denied = { type: "about:blank", code: "forbidden", title: "Your role does not include this.", status: 403 };
    await page.route(`**/${area}`, (route) =>
      route.request().url().includes("/api/")
        ? route.fulfill({ status: 403, contentType: "application/problem+json", json: denied })
        : route.fallback(),
    );
    await page.goto(`${world.stage.url}/${area}`);
    await expect(page.getByText("Your role does not include this page")).toBeVisible();
    await page.unroute(`**/${area}`);
  }

  await page.goto(`${world.stage.url}/channels`);
  await expect(page.getByRole("article", { name: "Support" })).toBeVisible();
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.locator(".toast")).toBeVisible();
  await shot(page, "channels-offline");
  await page.context().setOffline(false);

  const changed = await page.request.patch(`${world.stage.url}/api/v1/me`, {
    headers: { origin: world.stage.url }, data: { locale: "ne" },
  });
  expect(changed.ok()).toBe(true);
  for (const [at, name] of [
    [`channels?open=${channel.id}`, "channels"],
    ["channels?connect=1", "channels-connect"],
    ["panels", "panels"],
    ["panels?connect=1", "panels-connect"],
    ["settings", "settings"],
  ]) {
    await page.goto(`${world.stage.url}/${at}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    await shot(page, `ne-${name}`);
  }
});
