// What customers read: every text, changed with a preview on a real order, kept or taken back, never lost by walking off.

import { owner } from "./owner.ts";
import { accessible, expect, shot, test } from "./world.ts";

test.setTimeout(240_000);

test("changes a text, tries it on an order, and goes back", async ({ page, world }) => {
  const shop = await owner(page, world, "words");
  const url = world.stage.url;
  const base = test.info().project.name === "phone" ? 462_000_001 : 461_000_001;
  await world.orders(world.stage.panels[0]!.id, [
    { id: base, user: "rina", status: "Completed", external: String(base + 1_000_000_000), provider: "provider-one.example" },
  ]);
  await expect.poll(async () => (await shop.get<unknown[]>("/panels")).length, { timeout: 30_000 }).toBe(1);

  await page.goto(`${url}/replies`);
  await expect(page.getByRole("heading", { name: /Accepted/ })).toBeVisible();
  await expect(page.getByRole("heading", { name: /For your team/ })).toBeVisible();
  await accessible(page, "replies");
  await page.getByRole("link", { name: /^Refill accepted(?!, for)/ }).click();
  const side = page.getByRole("complementary", { name: "Text: Refill accepted" });
  await expect(side.getByText("on a sample")).toBeVisible();
  await accessible(page, "replies-open");

  // Wrong at once, said under the text; a variable is put in by a tap.
  const text = side.getByLabel("Text in English");
  await text.fill("Hello {NONSENSE}");
  await expect(side.getByText(/NONSENSE/).last()).toBeVisible();
  await expect(side.getByRole("button", { name: "Save" })).toHaveAttribute("aria-disabled", "true");
  await accessible(page, "replies-wrong");
  await text.fill("Thank you! Refilling ");
  await side.getByRole("button", { name: "Put ORDERID in" }).click();
  await expect(text).toHaveValue("Thank you! Refilling {ORDERID}");
  await expect(side.getByText(/Thank you! Refilling \d+/)).toBeVisible();

  // On one of the panel's own orders; one that is not there is said.
  await side.getByRole("button", { name: "Real order" }).click();
  await side.getByLabel("Order id on your panel").fill(String(base));
  await side.getByRole("button", { name: "Try" }).click();
  await expect(side.getByText(`on order ${base}`)).toBeVisible({ timeout: 20_000 });
  await expect(side.getByText(`Thank you! Refilling ${base}`)).toBeVisible();
  await accessible(page, "replies-real");
  await side.getByLabel("Order id on your panel").fill(String(base + 77));
  await side.getByRole("button", { name: "Try" }).click();
  await expect(side.getByText(/The panel has no such order/)).toBeVisible({ timeout: 20_000 });

  // Walking off asks first.
  await page.getByRole("button", { name: "Close", exact: true }).first().click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("heading", { name: "Leave without saving?" })).toBeVisible();
  await accessible(page, "replies-leave");
  await dialog.getByRole("button", { name: "Keep writing" }).click();
  await expect(text).toHaveValue("Thank you! Refilling {ORDERID}");
  await side.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("“Refill accepted” was saved.")).toBeVisible();
  await expect(side.getByText("Yours")).toBeVisible();
  await accessible(page, "replies-changed");
  const kept = await shop.get<{ key: string; text: string; changed: boolean }[]>("/replies?lang=en");
  expect(kept.find((each) => each.key === "refill_requested")).toMatchObject({ text: "Thank you! Refilling {ORDERID}", changed: true });

  // Back to ours, and back again.
  await side.getByRole("button", { name: "Back to our words" }).click();
  await expect(page.getByText("“Refill accepted” is back to our words.")).toBeVisible();
  await expect(text).not.toHaveValue("Thank you! Refilling {ORDERID}");
  await page.getByRole("button", { name: "Undo" }).last().click();
  await expect(text).toHaveValue("Thank you! Refilling {ORDERID}");

  // Thrown away on leaving.
  await text.fill("Never mind");
  await page.getByRole("button", { name: "Close", exact: true }).first().click();
  await dialog.getByRole("button", { name: "Throw away" }).click();
  await expect(side).toHaveCount(0);

  // Nepali has its own words; only what was changed; nothing found.
  await page.getByRole("button", { name: "नेपाली" }).click();
  await expect(page).toHaveURL(/lang=ne/);
  await accessible(page, "replies-nepali");
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("link", { name: /Your own words/ }).click();
  await expect(page.getByRole("link", { name: /^Refill accepted/ })).toHaveCount(1);
  await shot(page, "replies-yours");
  await page.getByRole("searchbox").fill("no such words anywhere");
  await expect(page.getByText("Nothing found")).toBeVisible();
  await accessible(page, "replies-nothing");
});
