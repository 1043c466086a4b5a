// An owner with a shop, made over the API: what the walks of single pages begin with.

import { type APIResponse, expect, type Page, test } from "@playwright/test";
import { elsewhere, type World } from "./world.ts";

export interface Owner {
  name: string;
  tenant: string;
  /** `/api/v1/tenants/{id}` */
  at: string;
  get: <T>(path: string) => Promise<T>;
  post: <T>(path: string, data?: unknown) => Promise<T>;
  patch: <T>(path: string, data: unknown) => Promise<T>;
  put: <T>(path: string, data: unknown) => Promise<T>;
}

export async function owner(page: Page, world: World, word: string): Promise<Owner> {
  const name = `${word}-${test.info().project.name}-${Date.now() % 1_000_000}`;
  const base = `${world.stage.url}/api/v1`;
  const headers = { origin: world.stage.url };
  const panel = world.stage.panels[0]!;
  const made = await page.request.post(`${base}/signup`, {
    headers: { ...headers, ...elsewhere() },
    data: {
      username: name, password: "three brown goats at dawn", whatsapp_number: "+9779800000001", telegram_username: "@asha_shop",
      panel_url: panel.url, panel_kind: null, panel_key: panel.key, accept_terms: true, locale: "en", time_zone: "Asia/Kathmandu",
    },
  });
  expect(made.status(), await made.text()).toBe(201);
  await expect
    .poll(async () => (await (await page.request.get(`${base}/me`)).json()).tenants[0]?.state, { timeout: 30_000 })
    .toBe("active");
  const me = await (await page.request.get(`${base}/me`)).json();
  const at = `${base}/tenants/${me.tenants[0].tenant}`;
  const read = async <T>(answer: APIResponse): Promise<T> => {
    expect(answer.ok(), `${answer.url()}: ${answer.status()} ${await answer.text()}`).toBe(true);
    return (answer.status() === 204 ? undefined : await answer.json()) as T;
  };
  return {
    name,
    tenant: me.tenants[0].tenant,
    at,
    get: async (path) => read(await page.request.get(`${at}${path}`)),
    post: async (path, data = {}) => read(await page.request.post(`${at}${path}`, { headers, data })),
    patch: async (path, data) => read(await page.request.patch(`${at}${path}`, { headers, data })),
    put: async (path, data) => read(await page.request.put(`${at}${path}`, { headers, data })),
  };
}
