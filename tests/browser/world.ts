// The installation that the walks run against: real processes, started once per worker. See infra/stage.py.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { createInterface, type Interface } from "node:readline";
import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";

const root = path.resolve(import.meta.dirname, "../..");
const target = process.env["CARGO_TARGET_DIR"] ?? path.join(root, "target");
const binaries = process.env["SWITCHBOARD_BIN"] ?? path.join(target, "debug");
export const shots = process.env["SHOTS"] ?? path.join(import.meta.dirname, "screenshots");

interface Stage {
  url: string;
  simulator: string;
  peer: string;
  panels: { id: number; url: string; key: string; kind: string }[];
  socket: string;
  psql: string;
  arguments: string[];
  binary: string;
  database_url: string;
  log: string;
  pid: number;
}

export class World {
  private constructor(
    readonly stage: Stage,
    private readonly process: ChildProcess,
    private readonly lines: AsyncIterator<string>,
    private readonly reader: Interface,
  ) {}

  static async start(): Promise<World> {
    const child = spawn("python3", [path.join(root, "infra/stage.py"), binaries], {
      stdio: ["pipe", "pipe", "inherit"],
      // This machine is believed when it says for whom it asks: see `elsewhere`.
      env: { ...process.env, SWITCHBOARD_TRUSTED_PROXIES: "127.0.0.1" },
    });
    const reader = createInterface({ input: child.stdout });
    const lines = reader[Symbol.asyncIterator]();
    const first = await lines.next();
    if (first.done) throw new Error("the stage did not start");
    return new World(JSON.parse(first.value) as Stage, child, lines, reader);
  }

  async stop() {
    this.process.stdin?.end();
    await new Promise((done) => this.process.once("exit", done));
    this.reader.close();
  }

  /** The server is killed and started again with the same address. */
  async restart() {
    this.process.stdin?.write("restart\n");
    await this.lines.next();
  }

  async call<T>(method: string, url: string, body?: unknown): Promise<T> {
    const answer = await fetch(url, {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
    const text = await answer.text();
    return (text === "" ? null : JSON.parse(text)) as T;
  }

  sim<T = unknown>(method: string, at: string, body?: unknown) {
    return this.call<T>(method, `${this.stage.simulator}${at}`, body);
  }

  peer<T = unknown>(method: string, at: string, body?: unknown) {
    return this.call<T>(method, `${this.stage.peer}${at}`, body);
  }

  sql(text: string): string {
    return execFileSync(
      this.stage.psql,
      ["-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", this.stage.socket, "-U", "switchboard", "-d", "switchboard", "-f", "-"],
      { input: text, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
    );
  }

  /** The operator at the machine. */
  cli(...words: string[]): string {
    return execFileSync(this.stage.binary, ["--json", ...this.stage.arguments, ...words], {
      encoding: "utf8",
      env: { ...process.env, DATABASE_URL: this.stage.database_url },
    });
  }

  async orders(panel: number, rows: { id: number; user: string; status: string; external: string; provider?: string }[]) {
    const recent = Math.floor(Date.now() / 1000) - 3 * 86_400;
    await this.sim(
      "PUT",
      `/sim/panels/${panel}/orders`,
      rows.map((row) => ({
        id: String(row.id), user: row.user, status: row.status, external_id: row.external, provider: row.provider ?? "provider-one.example",
        service_id: 3463, service_name: "Followers [30 Days Refill]", quantity: 1000, start_count: 847, remains: 0,
        charge: "0.90", created: recent, last_update: recent, mode: "auto",
      })),
    );
  }
}

export const test = base.extend<{ quiet: undefined }, { world: World }>({
  world: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern
    async ({}, use) => {
      const world = await World.start();
      await use(world);
      await world.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  // Every page of every walk: no script error, nothing refused by the content policy.
  quiet: [
    async ({ page }, use) => {
      await built(page);
      const heard: string[] = [];
      page.on("pageerror", (error) => heard.push(`error: ${error.message}`));
      page.on("console", (line) => {
        if (line.type() === "error" && /Content Security Policy|Refused to/.test(line.text())) heard.push(line.text());
      });
      await use(undefined);
      expect(heard).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

let people = 0;
/** Headers of somebody at an address of their own: more sign-ups than one address may make are needed for all the walks. */
export function elsewhere(): Record<string, string> {
  people += 1;
  return { "x-forwarded-for": `198.18.${Math.floor(people / 250)}.${(people % 250) + 1}` };
}

/** `PANEL_DIST`: pages of this folder instead of those inside the program, so that a page is looked at without building the server. */
export async function built(page: Page) {
  const folder = process.env["PANEL_DIST"];
  if (!folder) return;
  const policy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'";
  await page.context().route(/^http:\/\/127\.0\.0\.1:\d+\/(?!api\/|tg\/)/, async (route) => {
    const asked = path.join(folder, new URL(route.request().url()).pathname);
    const file = existsSync(asked) && statSync(asked).isFile() ? asked : path.join(folder, "index.html");
    await route.fulfill({ path: file, headers: { "content-security-policy": policy } });
  });
}

export async function shot(page: Page, name: string) {
  mkdirSync(shots, { recursive: true });
  const project = test.info().project.name;
  await page.screenshot({ path: path.join(shots, `${name}-${project}.png`), animations: "disabled" });
}

/** axe finds nothing, in light and in dark. */
export async function accessible(page: Page, name: string) {
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await page.evaluate((wanted) => {
      document.documentElement.dataset["theme"] = wanted;
    }, theme);
    const found = await new AxeBuilder({ page }).analyze();
    const told = found.violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.target.join(" ")).join(" · ")}`);
    expect(told, `${name}, ${theme}`).toEqual([]);
    await shot(page, `${name}-${theme}`);
  }
}
