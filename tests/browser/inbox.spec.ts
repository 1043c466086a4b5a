// The inbox: chats and what was said, answering as a person, the bot's pause, groups, lost chats, thousands of rows.

import { accessible, expect, shot, test } from "./world.ts";
import { connectBot, customer, orderBase, say, schemaOf, signUp } from "./talk.ts";

test("reads along, answers as a person, and lets the bot go on", async ({ page, world }) => {
  const project = test.info().project.name;
  const phone = project === "phone";
  const shop = await signUp(page, world, `inbox-${project}`);
  const base = orderBase(project, 21_000);
  await page.goto(`${world.stage.url}/inbox`);
  await expect(page.getByText("No chat yet")).toBeVisible();
  await accessible(page, "inbox-empty");

  const bot = await connectBot(page, world, shop, `Inbox${base}Bot`);
  await world.orders(world.stage.panels[0]!.id, [
    { id: base, user: "rina", status: "Completed", external: String(base + 1_000_000_000) },
    { id: base + 1, user: "rina", status: "In progress", external: String(base + 1_000_000_001) },
  ]);
  const rina = await customer(page, world, shop, "Rina", "rina");
  const stranger = await world.peer<{ id: number }>("POST", "/sim/users", { first_name: "Ravi" });
  await say(world, bot, rina, `${base},${base + 1} refill`);
  await say(world, bot, stranger.id, "hello admin, my order did not start");
  const group = await world.peer<{ id: number }>("POST", "/sim/groups", {
    title: "Wholesale group", members: [rina, stranger.id], bots: [bot.id],
  });
  await world.peer("POST", "/sim/say", { chat: group.id, from: stranger.id, text: "good morning all" });
  const rows = async () => (await (await page.request.get(`${shop.at}/chats`)).json()).items as { id: string; title: string; last: { from: string } | null }[];
  await expect.poll(async () => (await rows()).length, { timeout: 15_000 }).toBe(3);
  await expect.poll(async () => (await rows()).filter((row) => row.last?.from === "bot").length, { timeout: 15_000 }).toBeGreaterThan(0);

  await page.goto(`${world.stage.url}/inbox`);
  const list = page.getByRole("region", { name: "Chats" });
  await expect(list.getByRole("link", { name: /Rina/ })).toBeVisible();
  await expect(list.getByRole("link", { name: /Ravi/ })).toContainText("unread");
  await accessible(page, "inbox-list");

  await list.getByRole("link", { name: /Rina/ }).click();
  const chat = page.getByRole("region", { name: "Chat with Rina" });
  await expect(chat.getByText(`${base},${base + 1} refill`)).toBeVisible();
  await expect(chat.getByRole("list", { name: "Requests of this message" }).getByRole("link")).toHaveCount(2);
  await accessible(page, "inbox-chat");

  // What a message asked for is one press away, and Back comes to the same chat.
  await chat.getByRole("list", { name: "Requests of this message" }).getByRole("link").first().click();
  await expect(page.getByText("From message to end")).toBeVisible();
  await page.goBack();
  await expect(chat.getByText(`${base},${base + 1} refill`)).toBeVisible();

  // A person answers; pressing twice says it once; the bot is quiet until then.
  const field = chat.getByLabel("Write to Rina");
  await field.fill("Hello Rina, I look at it now.");
  await chat.getByRole("button", { name: "Send" }).dblclick();
  await expect(chat.getByText("Hello Rina, I look at it now.")).toHaveCount(1);
  await expect(chat.getByText(/The bot is quiet until/)).toBeVisible();
  await expect
    .poll(async () => (await world.peer<{ sent: { chat: number; text: string }[] }>("GET", "/sim/sent?since=0")).sent
      .filter((row) => row.chat === rina && row.text.startsWith("Hello Rina")).length, { timeout: 15_000 })
    .toBe(1);
  await accessible(page, "inbox-answered");
  await say(world, bot, rina, `${base} status`);
  // It comes by itself, and is there after a reload.
  await expect(chat.getByText(`${base} status`)).toBeVisible();
  await page.reload();
  await expect(chat.getByText(`${base} status`)).toBeVisible();
  await expect(chat.getByText("sent", { exact: true }).first()).toBeAttached();

  // Quoting, and the bot again.
  await chat.getByRole("button", { name: "Reply" }).last().click();
  await expect(chat.getByText("Reply to:")).toBeVisible();
  await field.fill("It is completed.");
  await chat.getByRole("button", { name: "Send" }).click();
  await expect(chat.getByText("It is completed.")).toBeVisible();
  await chat.getByRole("button", { name: "Let the bot answer now" }).click();
  await expect(chat.getByText(/The bot is quiet/)).toHaveCount(0);
  await chat.getByRole("group", { name: "Who answers here" }).getByRole("button", { name: "You" }).click();
  await expect(chat.getByText("The bot is quiet until you switch it on.")).toBeVisible();

  // A group: off until somebody chooses, with a way back.
  if (phone) await page.getByRole("button", { name: "Back to the chats" }).click();
  await list.getByRole("link", { name: /Wholesale group/ }).click();
  const talk = page.getByRole("region", { name: "Chat with Wholesale group" });
  await expect(talk.getByText("The bot leaves this chat alone.")).toBeVisible();
  await talk.getByRole("button", { name: "Silent" }).click();
  await expect(talk.getByText("The bot works through everything and says nothing.")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(talk.getByText("The bot leaves this chat alone.")).toBeVisible();
  await accessible(page, "inbox-group");

  // Somebody blocked the bot: the chat says so where one would write.
  await world.peer("POST", "/sim/block", { bot: bot.token, user: stranger.id });
  await expect
    .poll(async () => (await (await page.request.get(`${shop.at}/chats?q=Ravi`)).json()).items[0]?.lost_reason, { timeout: 15_000 })
    .not.toBeNull();
  const ravi = (await rows()).find((row) => row.title === "Ravi");
  await page.goto(`${world.stage.url}/inbox?chat=${ravi?.id}`);
  await expect(page.getByText(/Nothing can be written here any more/)).toBeVisible();
  await accessible(page, "inbox-lost");

  // The server does not answer: what was written stays, and goes out once when it does.
  const home = (await rows()).find((row) => row.title === "Rina");
  await page.goto(`${world.stage.url}/inbox?chat=${home?.id}`);
  await expect(field).toBeVisible();
  await page.route("**/api/v1/tenants/*/chats/*/messages", (route) => route.request().method() === "POST" ? route.abort() : route.fallback());
  await field.fill("One more thing.");
  await chat.getByRole("button", { name: "Send" }).click();
  await expect(chat.getByText(/^Not sent/)).toBeVisible();
  await accessible(page, "inbox-not-sent");
  await page.unroute("**/api/v1/tenants/*/chats/*/messages");
  await chat.getByRole("button", { name: "Send again" }).click();
  await expect(chat.getByText(/^Not sent/)).toHaveCount(0);
  await expect(chat.getByText("One more thing.")).toHaveCount(1);

  await page.goto(`${world.stage.url}/inbox?chat=01935f1c-0000-7000-8000-000000000001`);
  await expect(page.getByText("Nothing behind this link")).toBeVisible();
});

test("stays quick and right with thousands of chats and a long history", async ({ page, world }) => {
  const project = test.info().project.name;
  const phone = project === "phone";
  const shop = await signUp(page, world, `inbox-many-${project}`);
  await connectBot(page, world, shop, `Many${orderBase(project, 22_000)}Bot`);
  const schema = schemaOf(shop);
  world.sql(`SET search_path TO ${schema};
    INSERT INTO chat (id, account_id, network_id, kind, title, mode, party, created_at, last_at)
    SELECT gen_random_uuid(), a.id, 'n' || n, CASE WHEN n % 7 = 0 THEN 'group' ELSE 'direct' END, 'Customer ' || n, 'support', 'none', now(), now() - n * interval '3 minutes'
    FROM chat_account a, generate_series(1, 5000) n;
    INSERT INTO message (id, account_id, dedupe_key, raw, received_at, state, chat_id, text)
    SELECT gen_random_uuid(), c.account_id, 'd' || c.network_id, '{}', c.last_at, 'answered', c.id, 'Is it done? ' || c.title FROM chat c;
    INSERT INTO message (id, account_id, dedupe_key, raw, received_at, state, chat_id, text)
    SELECT gen_random_uuid(), c.account_id, 'h' || n, '{}', c.last_at - n * interval '20 minutes', 'answered', c.id, 'Line ' || n
    FROM chat c, generate_series(1, 300) n WHERE c.network_id = 'n1';
    INSERT INTO outbox (id, key, account_id, chat_id, purpose, text, state, price, created_at, finished_at, error)
    SELECT gen_random_uuid(), 'o' || n, c.account_id, c.id, 'reply', 'Answer ' || n, CASE n WHEN 1 THEN 'refused' WHEN 2 THEN 'unknown' WHEN 3 THEN 'silent' ELSE 'sent' END, 1000000,
      c.last_at - n * interval '20 minutes' + interval '5 seconds', now(), CASE n WHEN 1 THEN 'the customer has blocked the bot' END
    FROM chat c, generate_series(1, 300) n WHERE c.network_id = 'n1';`);
  await page.goto(`${world.stage.url}/inbox`);
  const list = page.getByRole("region", { name: "Chats" });
  await expect(list.getByRole("link", { name: /Customer \d+/ })).toHaveCount(50);
  await accessible(page, "inbox-many");
  await list.getByRole("button", { name: "Load more chats" }).click();
  await expect(list.getByRole("link", { name: /Customer \d+/ })).toHaveCount(100);
  await list.getByRole("link", { name: "Groups" }).click();
  await expect(list.getByRole("link", { name: /^Customer 7\b/ })).toBeVisible();
  await list.getByLabel("Search chats").fill("Customer 4999");
  await expect(page.getByText("No chat fits")).toBeVisible();
  await shot(page, "inbox-no-fit");
  await list.getByRole("link", { name: "All" , exact: true }).click();
  await expect(list.getByRole("link", { name: /Customer 4999/ })).toBeVisible();
  await list.getByRole("link", { name: "Groups" }).click();
  await page.getByRole("link", { name: "Show all chats" }).click();
  await expect(list.getByLabel("Search chats")).toHaveValue("");
  await list.getByRole("link", { name: /^Customer 1\b/ }).first().click();

  const log = page.getByRole("log");
  await expect(log.getByText("Answer 1", { exact: true })).toBeVisible();
  await expect(log.getByText(/Not sent: the customer has blocked the bot/)).toBeVisible();
  await accessible(page, "inbox-long");
  // History comes in above as one goes up, and what stands in view stays.
  await expect(async () => {
    await log.evaluate((node) => { node.scrollTop = -node.scrollHeight; });
    expect(await log.getByText("Line 240", { exact: true }).count()).toBe(1);
  }).toPass({ intervals: [100], timeout: 20_000 });
  await shot(page, "inbox-history");
  await page.getByRole("button", { name: "To the newest" }).click();
  await expect(log.getByText("Answer 1", { exact: true })).toBeInViewport();
  if (phone) {
    await page.goBack();
    await expect(list.getByRole("link", { name: /Customer \d+/ }).first()).toBeVisible();
  }
});
