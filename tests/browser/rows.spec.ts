// Every page of a shop with nothing, one, fifty and five thousand of what it lists: nothing overflows, nothing is cut off, the rest
// is behind "more", and nothing waits long. Seeded by SQL, since nobody writes five thousand messages in a test.

import { owner } from "./owner.ts";
import { accessible, expect, shot, test, type World } from "./world.ts";

const id = (kind: string, n = "n") => `('00000000-0000-7000-${kind}-' || lpad((${n})::text, 12, '0'))::uuid`;

/** `rows` of everything that a shop lists, a minute apart. */
function seed(world: World, tenant: string, rows: number) {
  const schema = world.sql(`select nspname from pg_namespace where nspname like '%${tenant.replaceAll("-", "")}'`).trim();
  if (rows === 0) return;
  const chats = Math.min(rows, 1000);
  const few = Math.min(rows, 50);
  const at = `now() - n * interval '1 minute'`;
  world.sql(`set search_path to ${schema};
    insert into chat_account (id, channel, name, network_id, username, secret, state, created_at, state_at)
      select ${id("a000")}, 'telegram_bot', 'Bot ' || n, 'rows' || n, 'rows' || n || '_bot', p.secret, 'disabled', ${at}, ${at} from generate_series(1, ${Math.min(rows, 6)}) n, (select secret from panel limit 1) p;
    insert into provider (id, alias, names, created_at)
      select ${id("8000")}, 'Provider ' || n, array['p' || n || '.example'], ${at} from generate_series(1, ${rows}) n;
    insert into customer (id, name, created_at) select ${id("8100")}, 'Customer ' || lpad(n::text, 4, '0'), ${at} from generate_series(1, ${rows}) n;
    insert into customer_link (customer_id, panel_id, username, created_at)
      select ${id("8100")}, p.id, 'user' || n, ${at} from generate_series(1, ${rows}) n, (select id from panel limit 1) p;
    insert into identity (id, channel, network_id, display_name, customer_id, first_seen_at, last_seen_at)
      select ${id("8200")}, 'telegram_bot', '77' || n, 'Person ' || n, case when n % 2 = 1 then ${id("8100")} end, ${at}, ${at} from generate_series(1, ${rows}) n;
    insert into chat (id, account_id, network_id, kind, title, mode, party, created_at, last_at)
      select ${id("b000")}, ${id("a000", "1")}, '77' || n, case when n % 5 = 0 then 'group' else 'direct' end, 'Chat with person ' || n, 'support', 'customer', ${at}, ${at}
        from generate_series(1, ${chats}) n;
    insert into message (id, account_id, dedupe_key, raw, received_at, state, chat_id, identity_id, network_message_id, text, sent_at)
      select ${id("8300")}, ${id("a000", "1")}, 'rows' || n, '', ${at}, 'answered', ${id("b000", `(n - 1) % ${chats} + 1`)}, ${id("8200", `(n - 1) % ${chats} + 1`)},
             n::text, (480000000 + n)::text || ' refill', ${at} from generate_series(1, ${rows}) n;
    insert into request (id, message_id, chat_id, identity_id, customer_id, panel_id, order_id, command, outcome, why, staff_reason, order_status,
                         provider_id, external_ids, created_at, closed_at)
      select ${id("8600")}, ${id("8300")}, ${id("b000", `(n - 1) % ${chats} + 1`)}, ${id("8200", `(n - 1) % ${chats} + 1`)}, ${id("8100")}, p.id, (480000000 + n)::text,
             (array['refill', 'cancel', 'status'])[n % 3 + 1], (array['refill_requested', 'not_eligible', 'status_told', 'not_yours'])[n % 4 + 1], 'refill window open',
             case when n % 10 = 0 then 'no route leads to the provider''s group' end, 'completed', ${id("8000")}, array['7450284'], ${at},
             case when n % 10 <> 0 then now() end
        from generate_series(1, ${rows}) n, (select id from panel limit 1) p;
    insert into ledger (key, kind, amount, balance_after, held_after, reason, at)
      select 'rows:' || n, 'grant', 1000000, 0, 0, 'a gift', ${at} from generate_series(1, ${rows}) n;
    insert into setting (key, value, updated_at) select 'test_examples', jsonb_agg(jsonb_build_object('id', ${id("8900")}, 'name', 'Example ' || n, 'text',
        (480000000 + n)::text || ' refill', 'customer', null, 'kind', 'direct', 'expect_replies', '[]'::jsonb, 'created_at', now(), 'last', null)), now()
      from generate_series(1, ${few}) n on conflict (key) do nothing;
    analyze;`);
  world.sql(`insert into platform.login_event (id, account_id, at, ip, agent, outcome)
    select gen_random_uuid(), m.account_id, now() - n * interval '1 minute', '192.0.2.7', 'Mozilla/5.0 (Linux; Android 14)', 'success'
      from generate_series(1, ${rows}) n, platform.membership m where m.tenant_id = '${tenant}';`);
}

const PAGES = ["home", "inbox", "requests", "customers", "customers?view=unlinked", "providers", "panels", "channels", "replies", "settings", "test-room", "wallet", "account"];

for (const rows of [0, 1, 50, 5000]) {
  test(`each page with ${rows} rows`, async ({ page, world }) => {
    const shop = await owner(page, world, `rows${rows}`);
    seed(world, shop.tenant, rows);
    // Keys are sealed for their rows: panels are connected as everybody does.
    for (const [at, panel] of world.stage.panels.slice(1, Math.min(rows, 3)).entries()) {
      await shop.post("/panels", { name: `Panel ${at + 2}`, url: panel.url, key: panel.key });
    }
    for (const at of PAGES) {
      const name = `rows-${rows}-${at.replace(/\W+/g, "-")}`;
      await page.goto(`${world.stage.url}/${at}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      // What waits is told as busy; then it is there.
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      await expect(page.getByText("This could not be loaded")).toHaveCount(0);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(wide, `${name} is wider than its window`).toBeLessThanOrEqual(0);
      if (rows === 50) await accessible(page, name);
      else await shot(page, name);
    }
    if (rows === 5000) {
      await page.goto(`${world.stage.url}/requests`);
      await expect(page.getByText("480000010", { exact: true }).first()).toBeVisible();
      // The whole table is never in the page at once.
      expect(await page.getByText(/^4800\d{5}$/).count()).toBeLessThan(400);
    }
  });
}
