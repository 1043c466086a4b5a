// Who works the orders off. First those that orders name and nobody can write to; then all, by the alias that customers
// and staff see. Real names are behind a question of their own.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Plus, SearchX, Truck } from "lucide-react";
import { useState } from "react";
import type { Id, ProviderRow, Unrouted } from "../../api/contract";
import { useT } from "../../i18n";
import { merge } from "../../lib/search";
import { useFormat, useSession, useTenant } from "../../lib/session";
import { BindGroup } from "../../shell/BindGroup";
import { Top } from "../../shell/Page";
import {
  Button,
  type Column,
  DataTable,
  Empty,
  Loaded,
  PageFoot,
  SearchField,
  SkeletonRows,
  State,
  Time,
} from "../../ui";
import "../../styles/people.css";
import { Found } from "./Found";
import { ProviderDialog } from "./ProviderDialog";
import { ProviderPanel } from "./ProviderPanel";
import { PAGE_SIZE, providersQuery, unroutedQuery } from "./queries";
import { RouteDialog } from "./RouteDialog";
import type { ProvidersSearch } from "./search";
import { stateOf } from "./style";

export interface Named {
  id: Id;
  alias: string;
}

export function ProvidersPage({ search }: { search: ProvidersSearch }) {
  const t = useT();
  const { tenant } = useTenant();
  const { can } = useSession();
  const navigate = useNavigate({ from: "/providers" });
  const found = useQuery(unroutedQuery(tenant));
  /** A new provider: one that orders name, or by hand. */
  const [naming, setNaming] = useState<Unrouted | "new" | null>(null);
  const [routing, setRouting] = useState<Named | null>(null);
  const [binding, setBinding] = useState<Named | null>(null);
  const go = (change: Record<string, string | undefined>, replace = false) =>
    void navigate({ search: (before) => merge(before, change), replace, resetScroll: false });
  const why = can("providers.manage") ? undefined : t("providers.role_why");
  const route = (provider: Named) => {
    go({ open: provider.id });
    setRouting(provider);
  };

  return (
    <div className="split">
      <section className="list" aria-label={t("providers.title")}>
        <Top
          title={t("providers.title")}
          about={search.open ? undefined : t("providers.about")}
          actions={
            <Button icon={Plus} why={why} whyHidden onClick={() => setNaming("new")}>
              {t("providers.new")}
            </Button>
          }
        />
        {found.data && found.data.length > 0 && (
          <Found
            rows={[...found.data].sort((a, b) => b.orders - a.orders)}
            why={why}
            onName={setNaming}
            onRoute={route}
          />
        )}
        <Providers
          search={search}
          go={go}
          why={why}
          onNew={() => setNaming("new")}
          found={found.data ?? []}
        />
      </section>
      {search.open !== undefined && (
        <ProviderPanel
          key={search.open}
          id={search.open}
          found={found.data ?? []}
          onClose={() => go({ open: undefined })}
          onRoute={setRouting}
          onBind={setBinding}
        />
      )}
      {naming && (
        <ProviderDialog
          found={naming === "new" ? null : naming}
          others={(found.data ?? []).filter((row) => row.why === "no_alias")}
          onClose={() => setNaming(null)}
          onMade={(provider) => {
            setNaming(null);
            go({ open: provider.id, q: undefined, after: undefined });
            // Named and found in orders: the group is what is missing now.
            if (naming !== "new") setRouting(provider);
          }}
        />
      )}
      {routing && !binding && (
        <RouteDialog
          provider={routing}
          route={null}
          onClose={() => setRouting(null)}
          onBind={() => {
            setBinding(routing);
            setRouting(null);
          }}
        />
      )}
      {binding && <BindGroup purpose="provider_group" provider={binding} onClose={() => setBinding(null)} />}
    </div>
  );
}

function Providers(props: {
  search: ProvidersSearch;
  go: (change: Record<string, string | undefined>, replace?: boolean) => void;
  why: string | undefined;
  onNew: () => void;
  found: Unrouted[];
}) {
  const t = useT();
  const format = useFormat();
  const { tenant } = useTenant();
  const { search, go } = props;
  const list = useQuery(providersQuery(tenant, search.q, search.after));
  const columns: Column<ProviderRow>[] = [
    {
      id: "alias",
      head: t("providers.alias"),
      at: "1",
      sorted: "ascending",
      cell: (row) => (
        <Link
          className="cell"
          to="/providers"
          search={(before) => merge(before, { open: row.id })}
          resetScroll={false}
        >
          <bdi>{row.alias}</bdi>
        </Link>
      ),
    },
    {
      id: "to",
      head: t("providers.goes_to"),
      at: "2",
      title: (row) => row.routes.map((each) => each.chat.title).join(", "),
      cell: (row) =>
        row.routes.length === 0 ? (
          <span className="mut">—</span>
        ) : row.routes.length === 1 ? (
          <bdi>{row.routes[0]?.chat.title}</bdi>
        ) : (
          t("providers.groups_count", { count: row.routes.length })
        ),
    },
    {
      id: "waiting",
      head: t("providers.waiting"),
      at: "no",
      lo: 1,
      num: true,
      cell: (row) => format.number(row.waiting),
    },
    {
      id: "last",
      head: t("providers.last_forward"),
      at: "2e",
      lo: 2,
      className: "mut",
      cell: (row) => <Time at={row.last_forward_at} as="short" />,
    },
    {
      id: "state",
      head: t("providers.state"),
      at: "1e",
      cell: (row) => {
        const state = stateOf(row);
        return <State tone={state.tone}>{t(state.word)}</State>;
      },
    },
  ];
  const many = search.q !== undefined || (list.data?.items.length ?? 0) > 8 || search.after !== undefined;
  return (
    <>
      {many && (
        <div className="bars seek-alone">
          <SearchField
            label={t("providers.search")}
            value={search.q ?? ""}
            onSearch={(q) => go({ q: q || undefined, after: undefined }, true)}
          />
        </div>
      )}
      <Loaded query={list} skeleton={<SkeletonRows label={t("providers.loading")} rows={8} />}>
        {(page) =>
          page.items.length === 0 ? (
            search.q || search.after ? (
              <Empty
                icon={SearchX}
                title={t("providers.nothing")}
                action={
                  <Button onClick={() => go({ q: undefined, after: undefined })}>
                    {t("providers.show_all")}
                  </Button>
                }
              >
                {t("providers.nothing_text", { q: search.q ?? "" })}
              </Empty>
            ) : props.found.length > 0 ? null : (
              <Empty
                icon={Truck}
                title={t("providers.empty")}
                action={
                  <Button go icon={Plus} why={props.why} whyHidden onClick={props.onNew}>
                    {t("providers.new")}
                  </Button>
                }
              >
                {t("providers.empty_text")}
              </Empty>
            )
          ) : (
            <div className={list.isPlaceholderData ? "fading" : undefined}>
              <DataTable
                label={t("providers.title")}
                hotkeys
                columns={columns}
                rows={page.items}
                rowKey={(row) => row.id}
                current={search.open}
                onOpen={(row) => go({ open: row.id }, true)}
                foot={
                  <PageFoot
                    columns={columns.length}
                    shown={page.items.length}
                    size={PAGE_SIZE}
                    later={search.after !== undefined}
                    next={page.next}
                    byName
                  />
                }
              />
            </div>
          )
        }
      </Loaded>
    </>
  );
}
