// The list people live in: views, filters in the address, many at once, the open row beside it. It changes by itself, but
// never under a hand.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ArrowUp, Download, FlaskConical, ListChecks, ListFilter } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import type { ActionResult, RequestRow } from "../../api/contract";
import { keys } from "../../api/keys";
import { useT } from "../../i18n";
import { useBusyHand } from "../../lib/hand";
import { merge } from "../../lib/search";
import { useFormat, useSession, useTenant } from "../../lib/session";
import { useSteady } from "../../lib/steady";
import { REQUEST_TONE } from "../../lib/tones";
import { Top } from "../../shell/Page";
import { PageLink } from "../../shell/PageLink";
import { Button } from "../../ui/Button";
import { Empty } from "../../ui/bits";
import { copyText } from "../../ui/CopyId";
import { type Column, DataTable, PageFoot } from "../../ui/DataTable";
import { Loaded, SkeletonRows } from "../../ui/Loaded";
import { useProblemText } from "../../ui/problem-text";
import { State } from "../../ui/State";
import { Tabs } from "../../ui/Tabs";
import { Time } from "../../ui/Time";
import { toast } from "../../ui/Toast";
import { AssignDialog } from "./AssignDialog";
import { BulkBar } from "./BulkBar";
import { FilterBar } from "./FilterBar";
import { type Filters, filtersOf, type RequestsSearch, toQuery, VIEWS } from "./filters";
import { type Act, act, countsQuery, csvUrl, PAGE_SIZE, requestsQuery } from "./queries";
import { RefusedNote } from "./RefusedNote";
import { RequestPanel } from "./RequestPanel";

const NONE: ReadonlySet<string> = new Set();
const NO_ROWS: RequestRow[] = [];

export function RequestsPage({ search }: { search: RequestsSearch }) {
  const t = useT();
  const format = useFormat();
  const text = useProblemText();
  const tenant = useTenant();
  const { can } = useSession();
  const navigate = useNavigate({ from: "/requests" });
  const client = useQueryClient();

  const query = useMemo(() => toQuery(search, format.zone), [search, format.zone]);
  const list = useQuery(requestsQuery(tenant.tenant, query, search.after));
  const counts = useQuery(countsQuery(tenant.tenant));

  const [selected, setSelected] = useState<ReadonlySet<string>>(NONE);
  const [assigning, setAssigning] = useState<RequestRow[] | null>(null);
  const [refused, setRefused] = useState<ActionResult["refused"]>([]);
  const hand = useBusyHand();
  const name = JSON.stringify([query, search.after]);
  const busy = hand.busy || selected.size > 0 || search.open !== undefined;
  const fresh = list.data?.items ?? NO_ROWS;
  const { shown, waiting, release } = useSteady(
    fresh,
    (row) => row.id,
    busy,
    list.isPlaceholderData ? "" : name,
  );
  const filters = filtersOf(search);
  const filtered = Object.keys(filters).length > 0;

  // Another list, another selection.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `name` is what changes
  useEffect(() => setSelected(NONE), [name]);

  const go = (change: Record<string, string | undefined>, replace = false) =>
    navigate({ search: (before) => merge(before, change), replace, resetScroll: false });
  const setFilters = (change: Partial<Record<keyof Filters, string | undefined>>) =>
    void go({ ...change, after: undefined, open: undefined });

  const doing = useMutation({
    mutationFn: (what: Act) => act(tenant.tenant, what),
    onSuccess: (result, what) => {
      setSelected(NONE);
      setAssigning(null);
      setRefused(result.refused);
      if (result.done.length > 0) {
        const undo = what.action === "close" ? "reopen" : what.action === "reopen" ? "close" : null;
        toast(
          t(`requests.done.${what.action}`, { count: result.done.length }),
          undo ? () => doing.mutate({ ids: result.done, action: undo }) : undefined,
        );
      }
    },
    onError: (error) => toast(text(error)),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: keys.tenant(tenant.tenant, "requests") });
      release();
    },
  });

  const picked = shown.filter((row) => selected.has(row.id));
  const columns: Column<RequestRow>[] = [
    {
      id: "time",
      head: t("requests.time"),
      at: "2e",
      sorted: "descending",
      className: "mut",
      cell: (row) => <Time at={row.at} as="short" />,
    },
    {
      id: "customer",
      head: t("requests.customer"),
      at: "2",
      cell: (row) => <bdi>{row.customer?.name ?? row.sender}</bdi>,
    },
    {
      id: "order",
      head: t("requests.order"),
      at: "1",
      cell: (row) => (
        <Link
          className="cell"
          to="/requests"
          search={(before) => merge(before, { open: row.id })}
          resetScroll={false}
        >
          <span className="id">{row.order_id}</span>
        </Link>
      ),
    },
    {
      id: "command",
      head: t("requests.command"),
      at: "1",
      cell: (row) => t(`common.command.${row.command}`),
    },
    {
      id: "state",
      head: t("requests.state"),
      at: "1e",
      className: "wide-cell",
      title: (row) => row.sentence,
      cell: (row) => (
        <State tone={REQUEST_TONE[row.state]}>{row.sentence || t(`common.state.${row.state}`)}</State>
      ),
    },
    {
      id: "provider",
      head: t("requests.provider"),
      at: "2",
      lo: 2,
      cell: (row) => row.provider_alias ?? <span className="wide">—</span>,
    },
    {
      id: "channel",
      head: t("requests.channel"),
      at: "no",
      lo: 1,
      className: "two",
      cell: (row) => <bdi>{row.chat.title || t(`common.channel.${row.channel}`)}</bdi>,
    },
    {
      id: "cost",
      head: t("requests.cost"),
      at: "no",
      lo: 1,
      num: true,
      className: "two",
      cell: (row) => format.credits(row.cost),
    },
  ];
  const sum = shown.reduce((total, row) => total + row.cost, 0);
  const openRow = (row: RequestRow) => void go({ open: row.id }, true);
  const at = shown.findIndex((row) => row.id === search.open);

  return (
    <div className="split">
      <section className="list" aria-label={t("requests.list")} {...hand.on}>
        <Top
          title={t("requests.title")}
          about={counts.data && t("requests.about", { open: counts.data.open })}
          search={t("requests.search")}
          actions={
            <a className="btn wide" href={csvUrl(tenant.tenant, query)} download>
              <Download className="i" aria-hidden="true" />
              {t("requests.export")}
            </a>
          }
        />
        <div className="bars">
          <Tabs
            label={t("requests.views")}
            to="/requests"
            current={search}
            tabs={VIEWS.map((view) => {
              const count =
                view === "open" ? counts.data?.open : view === "person" ? counts.data?.person : undefined;
              return {
                key: view,
                label: t(`requests.view.${view}`),
                current: (search.view ?? "open") === view,
                search: { view: view === "open" ? undefined : view, after: undefined, open: undefined },
                ...(count ? { count: format.number(count), hot: view === "person" } : {}),
              };
            })}
          />
          <FilterBar filters={filters} rows={shown} onChange={setFilters} />
        </div>
        <RefusedNote refused={refused} rows={shown} onClose={() => setRefused([])} />
        <div className="fresh" aria-live="polite">
          {waiting > 0 && search.after === undefined && (
            <Button icon={ArrowUp} onClick={release}>
              {t("requests.new", { count: waiting })}
            </Button>
          )}
        </div>
        <Loaded query={list} skeleton={<SkeletonRows label={t("requests.loading")} rows={14} />}>
          {(page) =>
            shown.length === 0 ? (
              filtered || (search.view ?? "open") !== "open" ? (
                <NothingFits search={search} filtered={filtered} />
              ) : (
                <Empty
                  icon={ListChecks}
                  title={t("requests.empty.title")}
                  action={
                    <PageLink className="btn go" to="/test-room">
                      <FlaskConical className="i" aria-hidden="true" />
                      {t("requests.empty.action")}
                    </PageLink>
                  }
                >
                  {t("requests.empty.text")}
                </Empty>
              )
            ) : (
              <div
                aria-busy={list.isPlaceholderData || undefined}
                className={list.isPlaceholderData ? "fading" : undefined}
              >
                <DataTable
                  label={t("requests.title")}
                  hotkeys
                  columns={columns}
                  rows={shown}
                  rowKey={(row) => row.id}
                  current={search.open}
                  onOpen={openRow}
                  selection={
                    can("requests.act")
                      ? {
                          keys: selected,
                          onToggle: (row) => setSelected(toggled(selected, row.id)),
                          onToggleAll: () =>
                            setSelected(
                              picked.length === shown.length ? NONE : new Set(shown.map((row) => row.id)),
                            ),
                          label: (row) => t("requests.select", { id: row.order_id }),
                          allLabel: t("requests.select_all", { count: shown.length }),
                        }
                      : undefined
                  }
                  foot={
                    <PageFoot
                      columns={columns.length + (can("requests.act") ? 1 : 0)}
                      shown={shown.length}
                      size={PAGE_SIZE}
                      later={search.after !== undefined}
                      next={page.next}
                      end={<span title={t("requests.sum")}>{format.credits(sum)}</span>}
                    />
                  }
                />
              </div>
            )
          }
        </Loaded>
        {picked.length > 0 && (
          <BulkBar
            count={picked.length}
            busy={doing.isPending ? doing.variables.action : null}
            onRetry={() => doing.mutate({ ids: picked.map((row) => row.id), action: "retry" })}
            onAssign={() => setAssigning(picked)}
            onClose={() => doing.mutate({ ids: picked.map((row) => row.id), action: "close" })}
            onCopy={async () => {
              const ids = [...new Set(picked.map((row) => row.order_id))].join(",");
              toast(
                (await copyText(ids))
                  ? t("requests.copied", { count: picked.length })
                  : t("common.copy_failed"),
              );
            }}
            onClear={() => setSelected(NONE)}
          />
        )}
      </section>
      {search.open !== undefined && (
        <RequestPanel
          key={search.open}
          id={search.open}
          busy={doing.isPending ? doing.variables.action : null}
          onClose={() => void go({ open: undefined })}
          onNext={
            at !== -1 && at < shown.length - 1
              ? () => shown[at + 1] && openRow(shown[at + 1] as RequestRow)
              : undefined
          }
          onAct={(action) => doing.mutate({ ids: [search.open as string], action })}
          onAssign={(row) => setAssigning([row])}
        />
      )}
      {assigning && (
        <AssignDialog
          rows={assigning}
          busy={doing.isPending}
          onClose={() => setAssigning(null)}
          onAssign={(assignee, note) =>
            doing.mutate({
              ids: assigning.map((row) => row.id),
              action: "assign",
              assignee,
              ...(note && { note }),
            })
          }
        />
      )}
    </div>
  );
}

function NothingFits({ search, filtered }: { search: RequestsSearch; filtered: boolean }) {
  const t = useT();
  if (search.view === "person" && !filtered) {
    return (
      <Empty icon={ListChecks} title={t("requests.calm.title")}>
        {t("requests.calm.text")}
      </Empty>
    );
  }
  return (
    <Empty
      icon={ListFilter}
      title={t("requests.no_fit.title")}
      action={
        <Link
          className="btn"
          to="/requests"
          search={search.view === "all" || !filtered ? {} : { ...filtersOf(search), view: "all" }}
        >
          {search.view === "all" || !filtered ? t("requests.no_fit.open") : t("requests.no_fit.all")}
        </Link>
      }
    >
      {t("requests.no_fit.text")}
    </Empty>
  );
}

function toggled(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}
