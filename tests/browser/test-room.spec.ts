// An owner plays a customer: each answer with its reasons, nothing sent, nothing charged, examples played again.

import { accessible, expect, shot, test } from "./world.ts";
import { orderBase, signUp } from "./talk.ts";

test("plays a customer, saves an example, sees what a changed text does", async ({ page, world }) => {
  const project = test.info().project.name;
  const phone = project === "phone";
  const shop = await signUp(page, world, `room-${project}`);
  const base = orderBase(project, 11_000);
  const panel = world.stage.panels[0]!;
  await world.orders(panel.id, [
    { id: base, user: "rina", status: "Completed", external: String(base + 1_000_000_000) },
    { id: base + 1, user: "rina", status: "In progress", external: String(base + 1_000_000_001) },
    { id: base + 2, user: "somebody", status: "Completed", external: String(base + 1_000_000_002) },
    ...Array.from({ length: 37 }, (_, n) => ({
      id: base + 100 + n, user: n < 31 ? "rina" : "somebody", status: n % 7 === 6 ? "Pending" : "Completed",
      external: String(base + 1_000_000_100 + n),
    })),
  ]);
  const panels = await (await page.request.get(`${shop.at}/panels`)).json();
  const made = await page.request.post(`${shop.at}/customers`, {
    headers: shop.headers, data: { name: "rina_media", links: [{ panel: panels[0].id, username: "rina" }] },
  });
  expect(made.status(), await made.text()).toBe(201);
  const tab = async (name: string) => page.getByRole("link", { name }).filter({ visible: true }).first().click();

  await page.goto(`${world.stage.url}/test-room`);
  await expect(page.getByText("Nothing leaves this room and nothing is charged.")).toBeVisible();
  await expect(page.getByText("You are a stranger. Write as they would.")).toBeVisible();
  await accessible(page, "room-empty");
  await tab("Examples");
  await expect(page.getByText("No examples yet")).toBeVisible();
  await accessible(page, "room-no-examples");
  await tab(phone ? "Chat" : "Why");

  // Ordinary talk is left alone, and the page says why.
  const write = page.getByLabel("Write as the customer");
  await write.fill("hello sir");
  await write.press("Enter");
  await expect(page.getByText("No answer goes out.")).toBeVisible();

  await page.getByLabel("You play").selectOption({ label: "rina_media" });
  await expect(page.getByText("You are rina_media. Write as they would.")).toBeVisible();
  await write.fill(`${base},${base + 1} ${base + 2} refill`);
  await write.press("Enter");
  await expect(page.getByRole("log").getByText("Order ID does not belong to your account").first()).toBeVisible();
  await accessible(page, "room-chat");
  if (phone) await tab("Why");
  await expect(page.getByText("3 orders decided in")).toBeVisible();
  await expect(page.getByText("Does not belong", { exact: true }).filter({ visible: !phone }).first()).toBeAttached();
  await expect(page.getByText("0 charged here")).toBeVisible();
  await accessible(page, "room-why");
  if (phone) {
    await page.getByText(String(base), { exact: true }).filter({ visible: true }).first().click();
    await shot(page, "room-why-unfolded");
  }

  // Nothing is stored as a request, nothing is charged, nothing is sent.
  expect((await (await page.request.get(`${shop.at}/requests?view=all`)).json()).items).toEqual([]);
  expect((await (await page.request.get(`${shop.at}/wallet/ledger?kind=hold`)).json()).items).toEqual([]);

  await page.getByRole("button", { name: "Save as example" }).click();
  await accessible(page, "room-save");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("");
  await dialog.getByRole("button", { name: "Save as example" }).click();
  await expect(dialog.getByText("Give it a name.")).toBeVisible();
  await dialog.getByLabel("Name").fill("Three of Rina's orders");
  await dialog.getByRole("button", { name: "Save as example" }).click();
  await expect(page.getByText("Saved. It is under Examples.")).toBeVisible();

  await tab("Examples");
  await page.getByRole("button", { name: "Run all" }).click();
  await expect(page.getByText("1 of 1 pass")).toBeVisible();
  await expect(page.getByText("Passes")).toBeVisible();

  // The owner changes a text: the example says what is different.
  const replies: { key: string; default_text: string }[] = await (await page.request.get(`${shop.at}/replies?lang=en`)).json();
  for (const { key, default_text } of replies.filter((each) => each.key.startsWith("not_yours"))) {
    const set = await page.request.put(`${shop.at}/replies/${key}`, {
      headers: shop.headers, data: { lang: "en", text: `${default_text} Please look again.` },
    });
    expect(set.status(), await set.text()).toBe(200);
  }
  await page.getByRole("button", { name: "Run all" }).click();
  await expect(page.getByText("0 of 1 pass")).toBeVisible();
  await expect(page.getByText("Expected before, and what it says now")).toBeVisible();
  await accessible(page, "room-differs");

  await page.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("No examples yet")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Three of Rina's orders", { exact: true })).toBeVisible();
  await page.getByText("Three of Rina's orders", { exact: true }).click();
  await page.getByRole("button", { name: "Play in the chat" }).click();
  await expect(page.getByRole("log").getByText("Please look again.").first()).toBeVisible();

  // Many orders: a column per outcome; on the phone a fold per order.
  await write.fill(`${Array.from({ length: 37 }, (_, n) => base + 100 + n).join(",")} refill`);
  await write.press("Enter");
  if (phone) await tab("Why");
  await expect(page.getByText("37 orders,")).toBeVisible();
  await accessible(page, "room-many");

  // A panel that does not answer is said, not hidden.
  await page.reload();
  await expect(page.getByRole("combobox", { name: "You play" })).toHaveValue(/.+/);
});
