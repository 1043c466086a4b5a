// Who works the orders off: found in orders first, named without showing the name, given a group, written to as the owner says.

import { owner } from "./owner.ts";
import { accessible, expect, shot, test } from "./world.ts";

test.setTimeout(240_000);

test("names a provider found in orders, gives it a group, and takes it back", async ({ page, world }) => {
  const shop = await owner(page, world, "prov");
  const url = world.stage.url;
  const base = test.info().project.name === "phone" ? 472_000_001 : 471_000_001;
  const secret = `provider-one-${base}.example`;
  const panel = world.stage.panels[0]!;
  await expect.poll(async () => (await shop.get<unknown[]>("/panels")).length, { timeout: 30_000 }).toBe(1);

  await page.goto(`${url}/providers`);
  await expect(page.getByText("No providers yet")).toBeVisible();
  await accessible(page, "providers-empty");

  // A customer asks about an order of a provider that nobody has named; the bot is in three groups.
  const rows = [
    { id: base, user: "rina", status: "Completed", external: String(base + 1_000_000_000), provider: secret },
    { id: base + 1, user: "rina", status: "Completed", external: String(base + 1_000_000_001), provider: secret },
    { id: base + 2, user: "rina", status: "Completed", external: String(base + 1_000_000_002), provider: `other-${base}.example` },
  ];
  await world.orders(panel.id, rows);
  const bot = await world.peer<{ id: number; token: string }>("POST", "/sim/bots", {
    username: `Prov${base}${Date.now() % 10_000}Bot`, can_read_all_group_messages: true,
  });
  await shop.post("/channels/telegram-bots", { name: "Support", token: bot.token });
  await expect
    .poll(async () => (await world.peer<{ result: { url: string } }>("POST", `/bot${bot.token}/getWebhookInfo`, {})).result.url)
    .not.toBe("");
  const person = await world.peer<{ id: number }>("POST", "/sim/users", { first_name: "Rina" });
  const panels = await shop.get<{ id: string; name: string }[]>("/panels");
  const rina = await shop.post<{ id: string }>("/customers", { name: "Rina", links: [{ panel: panels[0]!.id, username: "rina" }] });
  await world.peer("POST", "/sim/say", { bot: bot.token, chat: person.id, from: person.id, text: "hello" });
  let sender: { id: string } | undefined;
  await expect.poll(async () => {
    sender = (await shop.get<{ items: { id: string }[] }>("/identities?unlinked=true")).items[0];
    return sender?.id;
  }, { timeout: 20_000 }).toBeTruthy();
  await shop.post(`/identities/${sender!.id}/link`, { customer: rina.id });
  await world.peer("POST", "/sim/say", {
    bot: bot.token, chat: person.id, from: person.id, text: `${base},${base + 1},${base + 2} refill`,
  });
  const groups: number[] = [];
  for (const title of ["Cedar refills", "Rina team", "Old resellers"]) {
    const made = await world.peer<{ id: number }>("POST", "/sim/groups", { title, members: [person.id], bots: [bot.id] });
    groups.push(made.id);
  }
  for (const chat of groups) await world.peer("POST", "/sim/say", { chat, from: person.id, text: "hello" });
  await expect.poll(async () => (await shop.get<unknown[]>("/providers/unrouted")).length, { timeout: 30_000 }).toBe(2);
  const channels = await shop.get<{ id: string }[]>("/channels");
  await expect.poll(async () => (await shop.get<{ items: unknown[] }>(`/channels/${channels[0]!.id}/groups`)).items.length, { timeout: 20_000 }).toBe(3);

  await page.reload();
  await expect(page.getByRole("heading", { name: "2 providers have orders and no group" })).toBeVisible();
  // Enough to tell two apart, not enough to read.
  await expect(page.getByText(secret)).toHaveCount(0);
  await accessible(page, "providers-found");
  await page.getByRole("button", { name: "Name it" }).first().click();
  await accessible(page, "providers-name");
  await page.getByLabel("Alias", { exact: true }).fill("Cedar");
  await page.getByRole("button", { name: "Next: its group" }).click();

  // The group: chosen from those the bot is in, with the message as it would stand there.
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("heading", { name: "A group for Cedar" })).toBeVisible();
  await expect(dialog.getByText("Cedar refills")).toBeVisible();
  await expect(dialog.getByRole("radio", { name: /Cedar refills/ })).toBeInViewport();
  await accessible(page, "providers-route");
  await dialog.getByRole("button", { name: "Use this group" }).click({ force: true });
  await expect(dialog).toBeVisible();
  await dialog.getByRole("radio", { name: /Cedar refills/ }).check();
  await dialog.getByLabel("What we write there").fill("{command} please");
  await expect(dialog.getByText(/must contain `\{ids\}` once/)).toBeVisible();
  await accessible(page, "providers-route-wrong");
  await dialog.getByLabel("What we write there").fill("{command} please: ");
  await dialog.getByRole("button", { name: "{ids}" }).click();
  await expect(dialog.getByText(/refill please: \d+/i)).toBeVisible();
  await dialog.getByLabel("Ids in one message").fill("20");
  await dialog.getByLabel("Join requests of").selectOption("30000");
  await shot(page, "providers-route-filled");
  await dialog.getByRole("button", { name: "Use this group" }).click();
  await expect(page.getByText("Requests of Cedar now go to Cedar refills.")).toBeVisible();
  const side = page.getByRole("complementary", { name: "Provider Cedar" });
  await expect(side.getByText("Cedar refills").first()).toBeVisible();
  await accessible(page, "providers-open");

  // Changed, taken off and brought back as it was.
  await side.getByRole("button", { name: "Edit what is written to Cedar refills" }).click();
  await dialog.getByRole("button", { name: "Back to our text" }).click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved. It counts for the next message")).toBeVisible();
  await side.getByRole("button", { name: "Take the group Cedar refills off" }).click();
  await expect(page.getByText("Cedar is no longer written to in Cedar refills.")).toBeVisible();
  await expect(side.getByText("Nowhere yet")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(side.getByText(/up to 20 ids a message/)).toBeVisible();

  // The real name is asked for, and the look is in the log.
  await expect(page.getByText(secret)).toHaveCount(0);
  await side.getByRole("button", { name: "Show", exact: true }).click();
  await accessible(page, "providers-reveal");
  await dialog.getByRole("button", { name: "Show the names" }).click();
  await expect(side.getByText(/\.example$/)).toBeVisible();
  await shot(page, "providers-revealed");
  const audit = await shop.get<{ items: { action: string }[] }>("/audit");
  expect(audit.items.filter((row) => row.action === "provider.reveal")).toHaveLength(1);
  await side.getByRole("button", { name: "Hide" }).click();
  await expect(side.getByText(/\.example$/)).toHaveCount(0);

  // A code, for a group where the bot is not seen yet.
  await side.getByRole("button", { name: "Connect a new group" }).click();
  await expect(dialog.getByText("Waiting for the group")).toBeVisible({ timeout: 15_000 });
  await accessible(page, "providers-bind");
  const line = await dialog.getByText(/^\/start@/).first().innerText();
  await world.peer("POST", "/sim/say", { chat: groups[2], from: person.id, text: line.trim() });
  await expect(dialog.getByText(/Old resellers (is connected|could not be connected)/)).toBeVisible({ timeout: 15_000 });
  await shot(page, "providers-bound");
  await page.keyboard.press("Escape");

  // Another alias, and what removing would mean.
  await side.getByRole("button", { name: "Change alias" }).click();
  await page.getByLabel("Alias", { exact: true }).fill("Cedar two");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Now called Cedar two.")).toBeVisible();
  await page.getByRole("complementary").getByRole("button", { name: "Remove", exact: true }).click();
  await expect(dialog.getByText(/nobody’s again/)).toBeVisible();
  await accessible(page, "providers-remove");
  await dialog.getByRole("button", { name: "Keep" }).click();
});

test("many providers", async ({ page, world }) => {
  const shop = await owner(page, world, "many");
  for (let n = 0; n < 60; n += 1) await shop.post("/providers", { alias: `Alias ${String(n).padStart(2, "0")}`, names: [`name-${n}.example`] });
  await page.goto(`${world.stage.url}/providers`);
  await expect(page.getByText("50 shown")).toBeVisible();
  await accessible(page, "providers-many");
  await page.getByRole("link", { name: "next 50" }).click();
  await expect(page.getByText("Alias 59")).toBeVisible();
  await page.getByRole("searchbox").fill("alias 07");
  await expect(page.getByRole("link", { name: "Alias 07" })).toBeVisible();
  await page.getByRole("button", { name: "Add provider" }).click();
  await page.getByRole("dialog").getByLabel("Alias", { exact: true }).fill("Alias 01");
  await page.getByLabel("Real names").fill("name-2.example");
  await page.getByRole("dialog").getByRole("button", { name: "Add provider" }).click();
  await expect(page.getByText(/You have a provider of this alias|This name belongs to/).first()).toBeVisible();
  await accessible(page, "providers-taken");
});
