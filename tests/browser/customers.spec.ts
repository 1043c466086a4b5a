// Who may ask about which orders: an empty book, people who wrote, links that can be undone, a list from a file.

import { readFileSync } from "node:fs";
import { owner } from "./owner.ts";
import { accessible, expect, shot, test, type World } from "./world.ts";

interface Bot { id: number; token: string }

async function bot(world: World, shop: { post: (path: string, data: unknown) => Promise<unknown> }): Promise<Bot> {
  const made = await world.peer<Bot>("POST", "/sim/bots", {
    username: `Book${Date.now() % 1_000_000}Bot`, can_read_all_group_messages: true,
  });
  await shop.post("/channels/telegram-bots", { name: "Support", token: made.token });
  await expect
    .poll(async () => (await world.peer<{ result: { url: string } }>("POST", `/bot${made.token}/getWebhookInfo`, {})).result.url)
    .not.toBe("");
  return made;
}

/** The shop's own tables. */
function schema(world: World, tenant: string): string {
  return world.sql(`select nspname from pg_namespace where nspname like '%${tenant.replaceAll("-", "")}'`).trim();
}

async function writes(world: World, to: Bot, name: string, text: string): Promise<number> {
  const person = await world.peer<{ id: number }>("POST", "/sim/users", { first_name: name });
  await world.peer("POST", "/sim/say", { bot: to.token, chat: person.id, from: person.id, text });
  return person.id;
}

// Both pages are looked at with axe in many states, twice each.
test.setTimeout(240_000);

test("links people and customers, and takes it back", async ({ page, world }) => {
  const shop = await owner(page, world, "book");
  const url = world.stage.url;

  await expect.poll(async () => (await shop.get<unknown[]>("/panels")).length, { timeout: 30_000 }).toBe(1);

  await page.goto(`${url}/customers`);
  await expect(page.getByText("No customers yet")).toBeVisible();
  await accessible(page, "customers-empty");
  await page.getByRole("link", { name: "Not linked yet" }).click();
  await expect(page.getByText("Everybody who wrote is linked")).toBeVisible();

  // A customer is made; a name that is taken is said at its field, and what was typed stays.
  await page.getByRole("link", { name: "Customers", exact: true }).last().click();
  await page.getByRole("button", { name: "New customer" }).last().click();
  await page.getByLabel("Name", { exact: true }).fill("Rina Media");
  await page.getByLabel(/Username on/).fill("rina");
  await accessible(page, "customers-new");
  await page.getByRole("button", { name: "Add customer" }).click();
  await expect(page.getByText("Rina Media was added.")).toBeVisible();
  await expect(page.getByRole("complementary", { name: "Customer Rina Media" })).toBeVisible();
  await page.getByRole("button", { name: "Close" }).first().click();
  await page.getByRole("button", { name: "New customer" }).last().click();
  await page.getByLabel("Name", { exact: true }).fill("Rina Media");
  await page.getByRole("button", { name: "Add customer" }).click();
  await expect(page.getByText("You have a customer of this name.")).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill("Deepak");
  await page.getByLabel(/Username on/).fill("rina");
  await page.getByRole("button", { name: "Add customer" }).click();
  await expect(page.getByText("This username belongs to Rina Media.")).toBeVisible();
  await shot(page, "customers-taken");
  await page.getByLabel(/Username on/).fill("deepak.smm");
  await page.getByRole("button", { name: "Add customer" }).click();
  await expect(page.getByText("Deepak was added.")).toBeVisible();

  // Two people write; they show up without a reload.
  await page.goto(`${url}/customers?view=unlinked`);
  const to = await bot(world, shop);
  const rina = await writes(world, to, "Rina", "481799696 refill");
  await writes(world, to, "Somebody", "hello");
  await page.reload();
  await expect(page.getByRole("link", { name: "Rina" })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole("link", { name: "Somebody" })).toBeVisible({ timeout: 20_000 });
  await accessible(page, "customers-unlinked");
  await page.getByRole("link", { name: "Rina" }).click();
  const side = page.getByRole("complementary");
  await expect(side.getByText("Anybody can choose any name.")).toBeVisible();
  await expect(side.getByText("Rina Media")).toBeVisible();
  await accessible(page, "customers-sender");
  await side.getByRole("button", { name: "Link to Rina Media" }).click();
  await expect(page.getByText("Rina now writes for Rina Media.")).toBeVisible();
  await expect(page.getByRole("link", { name: "Rina", exact: true })).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("link", { name: "Rina" })).toBeVisible();
  await page.getByRole("link", { name: "Rina" }).click();
  await side.getByRole("button", { name: "Link to Rina Media" }).click();
  await expect(page.getByText("Rina now writes for Rina Media.")).toBeVisible();

  // The customer knows who writes; each link comes off and comes back.
  await page.goto(`${url}/customers`);
  await page.getByRole("link", { name: "Rina Media" }).click();
  await expect(side.getByText(String(rina))).toBeVisible();
  await accessible(page, "customers-open");
  await side.getByRole("button", { name: "Unlink rina", exact: true }).click();
  await expect(page.getByText("rina no longer belongs to Rina Media.")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(side.getByRole("button", { name: "Unlink rina", exact: true })).toBeVisible();
  await side.getByLabel(/Username on/).fill("deepak.smm");
  await side.getByRole("button", { name: "Add", exact: true }).click();
  await expect(side.getByText("This username belongs to Deepak.")).toBeVisible();
  await side.getByLabel(/Username on/).fill("rina.second/ünal");
  await side.getByRole("button", { name: "Add", exact: true }).click();
  await side.getByRole("button", { name: "Unlink rina.second/ünal" }).click();
  await expect(page.getByText("rina.second/ünal no longer belongs to Rina Media.")).toBeVisible();
  await side.getByRole("button", { name: "Unlink Rina", exact: true }).click();
  await expect(page.getByText("Rina no longer writes for Rina Media.")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).last().click();
  await expect(side.getByRole("button", { name: "Unlink Rina", exact: true })).toBeVisible();

  // Muted for too many orders of others, heard again.
  world.sql(`set search_path to ${schema(world, shop.tenant)};
    update identity set muted_until = now() + interval '1 hour' where network_id = '${rina}';`);
  await page.reload();
  await expect(side.getByText(/Muted until .*: asked/)).toBeVisible();
  await accessible(page, "customers-muted");
  await side.getByRole("button", { name: "Unmute" }).click();
  await expect(page.getByText("Rina is heard again.")).toBeVisible();
  await expect(side.getByText(/Muted until .*: asked/)).toHaveCount(0);

  await side.getByRole("button", { name: "Rename" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Rina & Co");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Now called Rina & Co.")).toBeVisible();
  await side.getByRole("button", { name: "Remove" }).click();
  await accessible(page, "customers-remove");
  await page.getByRole("button", { name: "Keep" }).click();

  await page.goto(`${url}/customers?view=senders`);
  await expect(page.getByRole("link", { name: "Somebody" })).toBeVisible();
  await accessible(page, "customers-senders");
});

test("imports a list after a look at what it would do", async ({ page, world }) => {
  const shop = await owner(page, world, "list");
  const url = world.stage.url;
  const file = (name: string, text: string | Buffer) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  let panels: { id: string; name: string }[] = [];
  await expect.poll(async () => {
    panels = await shop.get("/panels");
    return panels.length;
  }, { timeout: 30_000 }).toBe(1);
  const growth = await shop.post<{ id: string }>("/customers", { name: "growth", links: [{ panel: panels[0]!.id, username: "growth.khi" }] });
  await shop.post("/customers", { name: "budi", links: [{ panel: panels[0]!.id, username: "budi.jaya" }] });

  await page.goto(`${url}/customers?view=import`);
  const input = page.locator("input[type=file]");
  await expect(page.getByText("Choose a CSV file")).toBeVisible();
  await accessible(page, "import-choose");

  // Refused before anything is sent.
  let sent = 0;
  page.on("request", (request) => {
    if (request.url().includes("/customers/import")) sent += request.method() === "POST" ? 1 : 0;
  });
  await input.setInputFiles(file("huge.csv", Buffer.alloc(5 * 1024 * 1024 + 1, "a,b\n")));
  await expect(page.getByText("This file is larger than 5 MB, so it was not sent.")).toBeVisible();
  await accessible(page, "import-too-large");
  await input.setInputFiles(file("book.xlsx", Buffer.from([0x50, 0x4b, 3, 4, 20, 0])));
  await expect(page.getByText("This is an Excel workbook.")).toBeVisible();
  expect(sent).toBe(0);
  await input.setInputFiles(file("what.csv", "colour,size\nred,3\n"));
  await expect(page.getByText(/names no column that we know/)).toBeVisible();

  const rows = [
    "customer,username,telegram_id",
    "Growth Khi,growth.khi,",
    "budi,budi.jaya,",
    ...Array.from({ length: 30 }, (_, n) => `customer${n},user${n},${5_550_000 + n}`),
    "again,user3,",
    "=HYPERLINK(1),,not-a-number",
  ];
  await input.setInputFiles(file("customers-nov.csv", rows.join("\r\n")));
  await expect(page.getByRole("heading", { name: "Import, dry run" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Save 31 changes" })).toBeVisible();
  await accessible(page, "import-left");
  await page.getByRole("link", { name: /^Change/ }).click();
  await expect(page.getByRole("deletion")).toHaveText("growth");
  await accessible(page, "import-change");
  await page.getByRole("link", { name: /^New/ }).click();
  await expect(page.getByText("user29 on")).toBeVisible();
  await accessible(page, "import-new");

  // Somebody else changes the book meanwhile: nothing is saved, the new look is shown.
  await shop.patch(`/customers/${growth.id}`, { name: "growth of old" });
  await page.getByRole("button", { name: "Save 31 changes" }).click();
  await expect(page.getByText("Your customers have changed since you looked")).toBeVisible();
  await shot(page, "import-stale");
  await page.getByRole("button", { name: /Save 3\d changes/ }).click();
  await expect(page.getByText(/3\d changes saved\./).first()).toBeVisible();
  await accessible(page, "import-done");
  await page.getByRole("link", { name: "See customers" }).click();
  await expect(page.getByText("Growth Khi")).toBeVisible();
  await accessible(page, "customers-many");

  await page.getByRole("searchbox").fill("user29");
  await expect(page.getByRole("link", { name: "customer29" })).toBeVisible();
  await expect(page.getByRole("link", { name: "customer28" })).toHaveCount(0);
  await page.getByRole("searchbox").fill("nobody at all");
  await expect(page.getByText("Nothing found")).toBeVisible();
  await accessible(page, "customers-nothing");
  await page.getByRole("searchbox").fill("");

  if (test.info().project.name === "desktop") {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Export CSV" }).click()]);
    expect(readFileSync((await download.path())!, "utf8")).toContain("Growth Khi");
  }

  // A page of fifty, and the next.
  world.sql(`set search_path to ${schema(world, shop.tenant)};
    insert into customer (id, name, created_at)
      select gen_random_uuid(), 'bulk ' || lpad(n::text, 4, '0'), now() from generate_series(1, 5000) n;`);
  await page.goto(`${url}/customers`);
  await expect(page.getByText("50 shown")).toBeVisible();
  await page.getByRole("link", { name: "next 50" }).click();
  await expect(page.getByText("bulk 0051")).toBeVisible();
  await page.getByRole("link", { name: "back to the first" }).scrollIntoViewIfNeeded();
  await shot(page, "customers-page-2");
});

test("who may only look sees why nothing can be pressed", async ({ page, world }) => {
  const shop = await owner(page, world, "agent");
  const url = world.stage.url;
  await expect.poll(async () => (await shop.get<unknown[]>("/panels")).length, { timeout: 30_000 }).toBe(1);
  const rina = await shop.post<{ id: string }>("/customers", { name: "Rina Media", links: [] });
  const cedar = await shop.post<{ id: string }>("/providers", { alias: "Cedar", names: ["provider-one.example"] });
  world.sql(`update platform.membership set role = 'agent' where tenant_id = '${shop.tenant}'`);
  await expect
    .poll(async () => (await (await page.request.get(`${url}/api/v1/me`)).json()).tenants[0].role, { timeout: 20_000 })
    .toBe("agent");

  await page.goto(`${url}/customers?open=${rina.id}`);
  await expect(page.getByRole("complementary", { name: "Customer Rina Media" })).toBeVisible();
  await expect(page.getByText("The owner of the shop changes customers.").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Remove" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "New customer" })).toHaveAttribute("aria-disabled", "true");
  await accessible(page, "customers-agent");
  await page.goto(`${url}/customers?view=import`);
  await expect(page.getByText("The owner of the shop changes customers.")).toBeVisible();
  await page.goto(`${url}/providers?open=${cedar.id}`);
  const side = page.getByRole("complementary", { name: "Provider Cedar" });
  await expect(side.getByRole("button", { name: "Show", exact: true })).toHaveAttribute("aria-disabled", "true");
  await expect(side.getByRole("button", { name: "Choose a group" })).toHaveAttribute("aria-disabled", "true");
  await accessible(page, "providers-agent");
  await page.goto(`${url}/replies?open=refill_requested`);
  await expect(page.getByLabel("Text in English")).toHaveAttribute("readonly", "");
  await expect(page.getByText("The owner of the shop changes texts.").first()).toBeVisible();
  await accessible(page, "replies-agent");

  // A customer that is gone, or of another shop.
  await page.goto(`${url}/customers?open=00000000-0000-7000-8000-000000000001`);
  await expect(page.getByText("Nothing behind this link")).toBeVisible();
});
