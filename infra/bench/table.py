"""The figures as text, each beside its target."""


def number(value, digits=1):
    if value is None:
        return "-"
    return f"{value:,.{digits}f}"


def spread(row, digits=1):
    return f"p50 {number(row['p50'], digits)}, p95 {number(row['p95'], digits)}, p99 {number(row['p99'], digits)} ms (n {row['n']})"


def sockets(row):
    def share(one):
        return f"{number(one['idle']['server_percent'])} % of a core + PostgreSQL {number(one['idle']['postgres_percent'])} %"

    none, one = row["none"], row["one"]
    yield "no page open", f"idle {share(none)}; a change by the API {spread(none['request_ms'])}", ""
    yield "one page open", f"a change reaches it {spread(one['last_ms'])} after its answer; a customer's message {spread(one['message_ms'])}", "hints gather for 80 ms; a message within 1,000 ms"
    for name, what in (("spread", f"{row['sockets']} pages over {row['tenants']} tenants"), ("one_tenant", f"{row['sockets']} pages of one tenant")):
        many = row[name]
        yield what, f"server {number(many['before_mb'])} → {number(many['memory_mb'])} MB = {number(many['kb_each'])} kB a page; idle {share(many)}; opened in {number(many['opened_s'])} s", ""
        yield f"  a change reaches its {many['of_the_tenant']} pages", (f"first p50 {number(many['first_ms']['p50'])}, middle p50 {number(many['middle_ms']['p50'])}, "
                                                                      f"last {spread(many['last_ms'])}"), f"last : that of one page {number(many['last_ratio'], 2)}"
        yield "  the change itself", spread(many["request_ms"]), f"with : without pages {number(many['request_ratio'], 2)}"
        yield "  a customer's message reaches the last", spread(many["message_ms"]), "<= 1,000 ms"


def lines(result):
    machine = result["machine"]
    commit = result.get("single_commit_ms", {}).get("mean")
    yield "machine", f"{machine['cores']} cores, {machine['cpu']}; PostgreSQL {result['postgres']}; load average before {number(machine['load_before'])}", ""
    if commit:
        yield "single durable commit, one connection", f"{number(commit, 2)} ms", "(measured in this run)"
    for name, what in (("status", "one `status` per message, 50/s over 25 tenants"), ("refill", "one `refill` with forward, 50/s over 25 tenants")):
        row = result.get(name)
        if not row:
            continue
        cost, bound = row["per_message"], 2 * commit + 3
        yield f"{what}: decided", spread(row["decided_ms"]), f"p50 <= 2 commits + 3 ms = {number(bound)}; p99 <= 4 x p50 = {number(4 * row['decided_ms']['p50'])}"
        yield "  webhook answered", spread(row["accepted_ms"]), ""
        yield "  reply at the network", spread(row["replied_ms"]), f"unanswered {row['unanswered']}"
        yield "  per message", (f"{number(cost['commits'])} commits, {number(cost.get('wal_flushes'), 2)} WAL flushes, {number(cost['wal_kb'])} kB WAL; "
                                f"CPU {number(cost['server_cpu_ms'])} ms server + {number(cost['postgres_cpu_ms'])} ms PostgreSQL"), "two durable commits until decided"
    row = result.get("hundred")
    if row:
        yield "100 orders, panel takes 150 ms: beyond the panel's time", spread({**row["beyond_panel_ms"], "n": row["messages"]}), "p99 <= 60 ms"
        yield "  calls of the panel", f"{row['panel_calls']} for {row['messages']} messages, {row['ids_per_call']} ids in one", ""
    row = result.get("rental")
    if row:
        yield "RentalPanel at its pace (one call in 5 s)", f"{row['messages']} messages in {row['panel_calls']} calls, least gap {row['least_gap_ms']} ms; replied {spread(row['replied_ms'], 0)}", "gap >= 5,000 ms"
    for n, row in enumerate(result.get("saturation", {}).get("rounds", []), 1):
        product, bare = row["product"], row["pgbench_per_s"]
        yield f"saturation, round {n}: decided", f"{number(product['decided_per_s'], 0)}/s; the same statements in pgbench {number(bare['decided'], 0)}/s; ratio {number(row['decided_ratio'], 2)}", "0.8 (2,000/s on idle cores)"
        yield "  until sent", f"{number(product['sent_per_s'], 0)}/s; pgbench {number(bare['sent'], 0)}/s; ratio {number(row['sent_ratio'], 2)}", ""
        yield "  accepted", f"{number(product['accepted_per_s'], 0)}/s; CPU {number(product['per_message']['server_cpu_ms'])} ms server + {number(product['per_message']['postgres_cpu_ms'])} ms PostgreSQL each; {number(product['per_message']['commits'])} commits", f"unanswered {product['unanswered']}"
    row = result.get("stuck")
    if row:
        yield f"{row['chats']} chats at a stuck panel: the others", f"p95 decided {number(row['others_decided_ms']['stuck']['p95'])} against {number(row['others_decided_ms']['calm']['p95'])} ms = {number(row['p95_ratio'], 2)}; replied {number(row['p95_replied_ratio'], 2)}", f"<= 2; still waiting {row['waiting_at_the_end']}, others unanswered {row['unanswered']}"
    many = result.get("many")
    for n, row in enumerate((many or {}).get("rounds", []), 1):
        yield f"{many['many']} tenants against {many['few']}, round {n}", (
            f"throughput {number(row['throughput_ratio'], 2)} ({number(row['many']['burst']['decided_per_s'], 0)} : {number(row['few']['burst']['decided_per_s'], 0)}/s), "
            f"p50 {number(row['p50_ratio'], 2)}, p99 {number(row['p99_ratio'], 2)} ({number(row['many']['paced']['decided_ms']['p99'])} : {number(row['few']['paced']['decided_ms']['p99'])} ms)"), "throughput >= 0.95, p99 <= 1.2 (at 5,000)"
    if many:
        yield "  memory with all tenants", f"server {number(many['server_mb'], 0)} MB, PostgreSQL {number(many['postgres_mb'], 0)} MB", ""
    row = result.get("provision")
    if row:
        per_table = row["ms_each"] / row["tables"]
        yield "a tenant provisioned", f"{number(row['ms_each'], 0)} ms, {row['tables']} tables = {number(per_table)} ms a table; with many: {number(row.get('ms_each_of_many'), 0)} ms", "<= 12 ms a table; <= 1.2 x with many"
    row = result.get("migrate")
    if row:
        yield "`migrate` with nothing to do", f"{row['tenants']} tenants in {number(row['whole_s'] - row['opening_s'], 2)} s = {number(row['per_s'], 0)}/s (opening the installation: {number(row['opening_s'], 2)} s)", ""
    row = result.get("rollout")
    for of in ("columns", "indexes") if row else ():
        one = row[of]
        rest = f" and {one['files_after']} files that find their work done" if one["files_after"] else ""
        yield (f"`migrate`, a file that adds {of}", f"{number(one['per_s'], 0)} tenants/s ({one['statements']} statements{rest}; {one['tenants']} tenants)",
               "one column >= 1,500/s" if of == "columns" else "with an index >= 800/s")
    row = result.get("sockets")
    if row:
        yield from sockets(row)
    row = result.get("lists")
    if row:
        worst = max(row["pages"], key=lambda page: page["ms"]["p50"])
        yield (f"lists over {row['requests']:,} requests and {row['messages']:,} messages",
               f"slowest of {len(row['pages'])} pages: p50 {number(worst['ms']['p50'])} ms ({worst['page']})", f"p50 <= {number(row['target_ms'], 0)} ms")
        for page in row["pages"]:
            yield f"  {page['page']}", f"p50 {number(page['ms']['p50'])}, p95 {number(page['ms']['p95'])} ms", ", ".join(page["by"])
    if "binary_mb" in result:
        yield "release binary", f"{number(result['binary_mb'])} MB; stripped {number(result.get('binary_stripped_mb'))} MB", ""
    if "memory_mb" in result:
        yield "resident memory", "; ".join(f"{name}: {number(value, 0)} MB" for name, value in result["memory_mb"].items()), ""
    row = result.get("starts")
    if row:
        yield "start until it serves", f"new folder {number(row['cold_s'], 2)} s, again {number(row['warm_s'], 2)} s, after kill -9 {number(row['after_kill_s'], 2)} s", "<= 5 s after kill -9"
    yield "checks", f"ledgers off: {result['ledger_off']}, forbidden calls: {result['forbidden_calls']}", "0, 0"


def render(result):
    rows = list(lines(result))
    wide = max(len(what) for what, _, _ in rows)
    return "\n".join(f"{what:{wide}}  {figure}" + (f"   [{target}]" if target else "") for what, figure, target in rows)
