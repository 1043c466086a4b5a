// Lighthouse on phone settings over the pages that matter, with an owner who is logged in and a shop that was used.
//
//   node measure.mjs FOLDER_OF_PROGRAMS [--runs 5] [--only home,wallet] [--out FOLDER]
//
// Each page is loaded anew in a browser of its own, so many times; the run with the median score counts. Ends with 1 where
// accessibility is below 100 or performance below 90, and names every failing audit with its elements.

import { spawn, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const WANTED = { accessibility: 100, performance: 90 };
const PAGES = { login: "/login", home: "/home", requests: "/requests", inbox: "/inbox", channels: "/channels", wallet: "/wallet" };
const ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"];
const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);

const root = path.resolve(import.meta.dirname, "../..");
const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: "string", default: "5" }, only: { type: "string" }, out: { type: "string" } },
});
const binaries = positionals[0] ?? path.join(process.env.CARGO_TARGET_DIR ?? path.join(root, "target"), "debug");
const out = given.out ?? path.join(path.dirname(binaries), "lighthouse");

async function ask(method, url, body, headers = {}) {
  const answer = await fetch(url, {
    method,
    headers: { "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`);
  return { headers: answer.headers, body: text === "" ? null : JSON.parse(text) };
}

async function until(what, probe) {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const found = await probe();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`waited too long until ${what}`);
}

/** An owner as sign-up makes them, with a bot, a customer and a page full of requests. */
async function shop(stage) {
  const panel = stage.panels[0];
  const first = 481_000_001;
  const recent = Math.floor(Date.now() / 1000) - 3 * 86_400;
  const orders = Array.from({ length: 40 }, (_, n) => ({
    id: String(first + n), user: "rina", status: n % 3 === 0 ? "In progress" : "Completed", external_id: String(1_481_000_001 + n),
    provider: "provider-one.example", service_id: 3463, service_name: "Followers [30 Days Refill]", quantity: 1000, start_count: 847,
    remains: 0, charge: "0.90", created: recent, last_update: recent, mode: "auto",
  }));
  await ask("PUT", `${stage.simulator}/sim/panels/${panel.id}/orders`, orders);
  const from = { origin: stage.url };
  const signed = await ask("POST", `${stage.url}/api/v1/signup`, {
    username: "asha", password: "three brown goats at dawn", whatsapp_number: "+977 9800000001", telegram_username: "@asha_shop",
    panel_url: panel.url, panel_key: panel.key, accept_terms: true,
  }, from);
  const cookie = signed.headers.getSetCookie()[0].split(";")[0];
  const mine = { ...from, cookie };
  const me = await until("the account is ready", async () => {
    const { body } = await ask("GET", `${stage.url}/api/v1/me`, undefined, mine);
    return body.tenants[0]?.state === "active" && body;
  });
  const { tenant, name } = me.tenants[0];
  const at = `${stage.url}/api/v1/tenants/${tenant}`;
  const panels = await until("the panel is connected", async () => {
    const { body } = await ask("GET", `${at}/panels`, undefined, mine);
    return body.length > 0 && body;
  });
  const bot = (await ask("POST", `${stage.peer}/sim/bots`, { username: "AshaShopBot", can_read_all_group_messages: true })).body;
  await ask("POST", `${at}/channels/telegram-bots`, { name: "Support", token: bot.token }, mine);
  const person = (await ask("POST", `${stage.peer}/sim/users`, { first_name: "Rina" })).body;
  execFileSync(stage.binary, ["--json", ...stage.arguments, "customer", "link", "--tenant", name, "--name", "Rina", "--panel", panels[0].name,
    "--username", "rina", "--telegram-id", String(person.id)], { env: { ...process.env, DATABASE_URL: stage.database_url } });
  await until("the bot has its webhook", async () => (await ask("POST", `${stage.peer}/bot${bot.token}/getWebhookInfo`, {})).body.result.url);
  for (let n = 0; n < orders.length; n += 4) {
    const ids = orders.slice(n, n + 4).map((order) => order.id);
    await ask("POST", `${stage.peer}/sim/say`, { bot: bot.token, chat: person.id, from: person.id, text: `${ids.join(",")} refill` });
  }
  await until("the requests are there", async () => {
    const { body } = await ask("GET", `${at}/requests?limit=200`, undefined, mine);
    return body.items.length >= orders.length;
  });
  const [key, value] = cookie.split("=");
  return { name: key, value, url: stage.url };
}

async function once(url, session) {
  const browser = await puppeteer.launch({ executablePath: chromium, args: ARGUMENTS, headless: true });
  try {
    const page = await browser.newPage();
    if (session) await page.setCookie({ ...session, httpOnly: true, sameSite: "Lax" });
    const done = await lighthouse(url, {
      port: Number(new URL(browser.wsEndpoint()).port), output: "json", logLevel: "error", onlyCategories: Object.keys(WANTED),
      formFactor: "mobile",
    }, undefined, page);
    const { lhr } = done;
    if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
    // A page that sent us to the login measures the login.
    if (new URL(lhr.finalDisplayedUrl).pathname !== new URL(url).pathname) throw new Error(`${url} led to ${lhr.finalDisplayedUrl}`);
    return lhr;
  } finally {
    await browser.close();
  }
}

const score = (lhr, category) => Math.round(lhr.categories[category].score * 100);
const seconds = (lhr, audit) => `${(lhr.audits[audit].numericValue / 1000).toFixed(1)} s`;

function median(runs, category) {
  const sorted = [...runs].sort((a, b) => a.categories[category].score - b.categories[category].score);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** The audits of a category that cost points, with the elements or files that they name. */
function failing(lhr, category) {
  const lines = [];
  for (const { id, weight } of lhr.categories[category].auditRefs) {
    const audit = lhr.audits[id];
    if (weight === 0 || audit.score === null || audit.score >= 0.9) continue;
    lines.push(`    ${id}: ${audit.title}${audit.displayValue ? ` (${audit.displayValue})` : ""}`);
    for (const item of audit.details?.items?.slice(0, 8) ?? []) {
      if (item.node) lines.push(`      ${item.node.selector}\n        ${item.node.snippet}\n        ${(item.node.explanation ?? "").replaceAll("\n", " ")}`);
    }
  }
  return lines;
}

const child = spawn("python3", [path.join(root, "infra/stage.py"), binaries], { stdio: ["pipe", "pipe", "inherit"] });
let failed = false;
try {
  const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  if (first.done) throw new Error("the stage did not start");
  const stage = JSON.parse(first.value);
  const session = await shop(stage);
  mkdirSync(out, { recursive: true });
  const load = () => os.loadavg()[0].toFixed(1);
  console.log(`phone settings, simulated throttling, median of ${given.runs}; load average ${load()} on ${os.cpus().length} cores`);
  for (const [name, at] of Object.entries(PAGES)) {
    if (given.only && !given.only.split(",").includes(name)) continue;
    if (!["", "_tenant."].some((place) => existsSync(path.join(root, `web/src/routes/${place}${name}.tsx`)))) {
      console.log(`${name.padEnd(10)}there is no such page yet`);
      continue;
    }
    const runs = [];
    for (let n = 0; n < Number(given.runs); n++) runs.push(await once(stage.url + at, name === "login" ? null : session));
    const words = [];
    const told = [];
    for (const [category, wanted] of Object.entries(WANTED)) {
      const lhr = median(runs, category);
      const each = runs.map((run) => score(run, category));
      words.push(`${category} ${score(lhr, category)} (${Math.min(...each)}–${Math.max(...each)})`);
      if (score(lhr, category) < wanted) {
        failed = true;
        told.push(`  ${category} ${score(lhr, category)} < ${wanted}:`);
        // Of accessibility, what failed in any run; of performance, what the median says.
        told.push(...(category === "accessibility" ? [...new Set(runs.flatMap((run) => failing(run, category)))] : failing(lhr, category)));
      }
      writeFileSync(path.join(out, `${name}-${category}.json`), JSON.stringify(lhr, null, 1));
    }
    const lhr = median(runs, "performance");
    console.log(
      `${name.padEnd(10)}${words.join(", ")}; FCP ${seconds(lhr, "first-contentful-paint")}, LCP ${seconds(lhr, "largest-contentful-paint")}, ` +
        `TBT ${Math.round(lhr.audits["total-blocking-time"].numericValue)} ms, CLS ${lhr.audits["cumulative-layout-shift"].numericValue.toFixed(3)}, ` +
        `${Math.round(lhr.audits["total-byte-weight"].numericValue / 1000)} kB; load average ${load()}`,
    );
    for (const line of told) console.log(line);
  }
} finally {
  child.stdin.end();
  await new Promise((done) => child.once("exit", done));
}
process.exit(failed ? 1 : 0);
