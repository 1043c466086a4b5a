// The page of settings against the real server: saved as it is changed, undone from the toast, asked first where something is lost.

import { owner } from "./owner.ts";
import { accessible, expect, shot, test } from "./world.ts";

interface Settings {
  reply_style: string;
  silent_mode: boolean;
  language: string;
  time_zone: string;
  pause_minutes: number;
  retention_days: number;
  shop_name: string;
}

test("settings are saved as they are changed", async ({ page, world }) => {
  const shop = await owner(page, world, "settings");
  const now = () => shop.get<Settings>("/settings");
  await page.goto(`${world.stage.url}/settings`);
  await expect(page.getByRole("heading", { name: "Reply style" })).toBeVisible();
  await accessible(page, "settings");
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await accessible(page, "settings-end");

  const perOrder = page.getByRole("radio", { name: /Always one reply per order/ });
  await perOrder.click();
  await expect(perOrder).toBeChecked();
  await expect(page.getByText("Reply style: Always one reply per order.")).toBeVisible();
  expect((await now()).reply_style).toBe("per_order");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(async () => (await now()).reply_style).toBe("auto");
  await expect(page.getByRole("radio", { name: /up to five/ })).toBeChecked();

  await page.getByRole("switch", { name: "Silent mode" }).click();
  await expect(page.getByRole("heading", { name: "Switch silent mode on?" })).toBeVisible();
  await accessible(page, "settings-silent-ask");
  await page.getByRole("button", { name: "Be silent" }).click();
  await expect(page.getByText("Silent mode is on: everything is read and logged")).toBeVisible();
  expect((await now()).silent_mode).toBe(true);
  await accessible(page, "settings-silent");
  await page.goto(`${world.stage.url}/settings`);
  await page.getByRole("button", { name: "Go live" }).click();
  await expect(page.getByText("Live again: customers are answered.")).toBeVisible();
  expect((await now()).silent_mode).toBe(false);

  await page.getByLabel("Language of the replies").selectOption("ne");
  await expect(page.getByText("not yet reviewed")).toBeVisible();
  await page.getByLabel("The bot is quiet in that chat for").selectOption("60");
  await expect(page.getByText("The bot is quiet for 1 hour")).toBeVisible();
  await page.getByLabel("Time zone").selectOption("Asia/Karachi");
  await expect(page.getByText("Time zone: Asia/Karachi.")).toBeVisible();
  await page.getByLabel("Name of the shop").fill("Himal Boost");
  await page.getByRole("button", { name: "Save" }).click();
  await expect.poll(async () => (await now()).shop_name).toBe("Himal Boost");
  const before = (await now()).retention_days;
  await page.getByLabel("Chats and their texts").selectOption("30");
  await expect(page.getByRole("heading", { name: "Keep chats for 30 days only?" })).toBeVisible();
  await accessible(page, "settings-kept-ask");
  await page.getByRole("button", { name: /^Leave it at/ }).click();
  expect((await now()).retention_days).toBe(before);
  await page.getByLabel("Chats and their texts").selectOption("30");
  await page.getByRole("button", { name: "Shorten" }).click();
  await expect.poll(async () => (await now()).retention_days).toBe(30);
  expect(await now()).toMatchObject({ language: "ne", pause_minutes: 60, time_zone: "Asia/Karachi" });
  await shot(page, "settings-after");
});
