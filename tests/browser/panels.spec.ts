// The page of panels against the real server and a panel simulator: connecting with a key that fits and with one that does not, changing, removing.

import { owner } from "./owner.ts";
import { accessible, expect, test } from "./world.ts";

test("a panel is connected, tested, changed and removed", async ({ page, world }) => {
  const shop = await owner(page, world, "panels");
  const [first, second] = world.stage.panels;
  await page.goto(`${world.stage.url}/panels`);
  await expect(page.getByText("1 of 1 answer")).toBeAttached();
  await expect(page.getByText("Answers", { exact: true })).toBeVisible();
  await accessible(page, "panels-one");

  await page.getByRole("button", { name: "Connect panel" }).click();
  await page.getByRole("complementary").getByRole("button", { name: "Connect panel" }).click();
  await expect(page.getByText("Enter the address of the panel.")).toBeVisible();
  await accessible(page, "panels-connect-errors");
  await page.getByLabel("Panel address").fill(second!.url);
  await page.getByRole("textbox", { name: "API key" }).fill("not-the-key-at-all");
  await page.getByRole("button", { name: "Test key" }).click();
  await expect(page.getByText("does not accept this key")).toBeVisible({ timeout: 20_000 });
  await accessible(page, "panels-connect-wrong");
  await page.getByRole("textbox", { name: "API key" }).fill(second!.key);
  await page.getByRole("button", { name: "Test key" }).click();
  await expect(page.getByText("This key works")).toBeVisible({ timeout: 20_000 });
  await accessible(page, "panels-connect-works");
  // A name that is taken is told at its field, and nothing that was typed is lost.
  const taken = (await shop.get<{ name: string }[]>("/panels"))[0]!.name;
  await page.getByLabel("Display name").fill(taken);
  await page.getByRole("complementary").getByRole("button", { name: "Connect panel" }).click();
  await expect(page.getByText("You have a panel of this name.")).toBeVisible({ timeout: 20_000 });
  await page.getByLabel("Display name").fill("Wholesale");
  await page.getByLabel("Pace").selectOption({ label: "2 a second" });
  await page.getByRole("complementary").getByRole("button", { name: "Connect panel" }).click();
  await expect(page.getByText("Wholesale is connected.")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText("2 of 2 answer")).toBeAttached();
  await accessible(page, "panels-two");

  // Down, a wrong key, and an address where no panel is: each says so on its card.
  await shop.post("/panels", { name: "Gone", url: "http://127.0.0.1:9/", key: "some-key-of-it" });
  await shop.post("/panels", { name: "Old key", url: first!.url, key: "an-old-key-of-it" });
  await page.goto(`${world.stage.url}/panels`);
  await expect(page.getByText("Key refused")).toBeVisible();
  await accessible(page, "panels-four");

  await page.getByRole("article", { name: "Old key" }).getByRole("link", { name: "Change the key" }).click();
  await accessible(page, "panels-edit");
  await page.getByRole("textbox", { name: "API key" }).fill(first!.key);
  await page.getByRole("button", { name: "Save key" }).click();
  await expect(page.getByText("Key saved.")).toBeVisible({ timeout: 20_000 });
  await page.getByLabel("Display name").fill("First again");
  await page.getByLabel("Time zone").selectOption("Asia/Karachi");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("complementary", { name: "First again" })).toBeVisible();
  expect((await shop.get<{ name: string; time_zone: string }[]>("/panels")).find((each) => each.name === "First again")?.time_zone).toBe(
    "Asia/Karachi",
  );

  // Something hangs on it: the dialog says what, and removing works once it does not.
  const id = (await shop.get<{ id: string; name: string }[]>("/panels")).find((each) => each.name === "First again")!.id;
  const rina = await shop.post<{ id: string }>("/customers", { name: "Rina", links: [{ panel: id, username: "rina" }] });
  await page.getByRole("button", { name: "Remove panel" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove panel" }).click();
  await expect(page.getByText("1 customer is linked to it.").last()).toBeVisible();
  await accessible(page, "panels-in-use");
  const gone = await page.request.delete(`${shop.at}/customers/${rina.id}`, { headers: { origin: world.stage.url } });
  expect(gone.status()).toBe(204);
  await page.getByRole("dialog").getByRole("button", { name: "Remove panel" }).click();
  await expect(page.getByText("First again is removed.")).toBeVisible();
});
