// Who may ask about which orders. Customers by name, and the people who wrote and belong to nobody yet.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Download, Upload, UserPlus, Users } from "lucide-react";
import { useState } from "react";
import type { CustomerRow } from "../../api/contract";
import { useT } from "../../i18n";
import { merge } from "../../lib/search";
import { useFormat, useSession, useTenant } from "../../lib/session";
import { Top } from "../../shell/Page";
import {
  Button,
  ButtonLink,
  type Column,
  DataTable,
  Empty,
  Loaded,
  PageFoot,
  SearchField,
  SkeletonRows,
  Tabs,
  Time,
} from "../../ui";
import "../../styles/people.css";
import { CustomerPanel } from "./CustomerPanel";
import { NewCustomerDialog } from "./NewCustomerDialog";
import { CustomerState, NothingFound, WritesFrom } from "./parts";
import { csvUrl, customersQuery, PAGE_SIZE, sendersQuery, VIEWS } from "./queries";
import { SenderPanel } from "./SenderPanel";
import { Senders } from "./Senders";
import type { CustomersSearch } from "./search";

export function CustomersPage({ search }: { search: CustomersSearch }) {
  const t = useT();
  const { tenant } = useTenant();
  const { can } = useSession();
  const navigate = useNavigate({ from: "/customers" });
  const [adding, setAdding] = useState(false);
  // The same answer as the view's own first page: what waits is worth a number on the tab.
  const waiting = useQuery(sendersQuery(tenant, true));
  const view = search.view ?? "all";
  const go = (change: Record<string, string | undefined>, replace = false) =>
    void navigate({ search: (before) => merge(before, change), replace, resetScroll: false });
  const why = can("customers.manage") ? undefined : t("customers.role_why");
  const count = waiting.data?.items.length ?? 0;
  const waits = count === 0 ? undefined : waiting.data?.next ? `${count}+` : String(count);

  return (
    <div className="split">
      <section className="list" aria-label={t("customers.title")}>
        <Top
          title={t("customers.title")}
          about={search.open || search.who ? undefined : t("customers.about")}
          actions={
            <>
              <a className="btn wide" href={csvUrl(tenant)} download title={t("customers.export_title")}>
                <Download className="i" aria-hidden="true" />
                {t("customers.export")}
              </a>
              {can("customers.manage") && (
                <ButtonLink className="wide" icon={Upload} to="/customers" search={{ view: "import" }}>
                  {t("customers.import")}
                </ButtonLink>
              )}
              <Button icon={UserPlus} why={why} whyHidden onClick={() => setAdding(true)}>
                {t("customers.new")}
              </Button>
            </>
          }
        />
        <div className="bars seek-bars">
          <Tabs
            label={t("customers.views")}
            to="/customers"
            current={search}
            tabs={VIEWS.map((each) => ({
              key: each,
              label: t(`customers.view.${each}`),
              current: view === each,
              search: {
                view: each === "all" ? undefined : each,
                q: undefined,
                after: undefined,
                open: undefined,
                who: undefined,
              },
              ...(each === "unlinked" && waits ? { count: waits, hot: true } : {}),
            }))}
          />
          <SearchField
            label={view === "all" ? t("customers.search") : t("customers.search_senders")}
            value={search.q ?? ""}
            onSearch={(q) => go({ q: q || undefined, after: undefined }, true)}
          />
        </div>
        {view === "all" ? (
          <>
            <Customers search={search} onAdd={() => setAdding(true)} why={why} />
            {/* Above on the desk; down here they are at the thumb. */}
            <div className="thumb">
              <a className="btn" href={csvUrl(tenant)} download>
                <Download className="i" aria-hidden="true" />
                {t("customers.export")}
              </a>
              {can("customers.manage") && (
                <ButtonLink icon={Upload} to="/customers" search={{ view: "import" }}>
                  {t("customers.import")}
                </ButtonLink>
              )}
            </div>
          </>
        ) : (
          <Senders key={view} search={search} />
        )}
      </section>
      {view !== "all" && search.who !== undefined && search.open === undefined && (
        <SenderPanel
          key={search.who}
          search={search}
          onClose={() => go({ who: undefined })}
          onCustomer={(id) =>
            go({ view: undefined, q: undefined, after: undefined, who: undefined, open: id })
          }
        />
      )}
      {search.open !== undefined && (
        <CustomerPanel
          key={search.open}
          id={search.open}
          onClose={() => go({ open: undefined })}
          onUnlinked={() => go({ view: "unlinked", q: undefined, after: undefined, open: undefined })}
        />
      )}
      {adding && (
        <NewCustomerDialog
          onClose={() => setAdding(false)}
          onMade={(customer) => {
            setAdding(false);
            go({ view: undefined, q: undefined, after: undefined, open: customer.id, who: undefined });
          }}
        />
      )}
    </div>
  );
}

function Customers({
  search,
  onAdd,
  why,
}: {
  search: CustomersSearch;
  onAdd: () => void;
  why: string | undefined;
}) {
  const t = useT();
  const format = useFormat();
  const { tenant } = useTenant();
  const { can } = useSession();
  const navigate = useNavigate({ from: "/customers" });
  const list = useQuery(customersQuery(tenant, search.q, search.after));
  const columns: Column<CustomerRow>[] = [
    {
      id: "name",
      head: t("customers.name"),
      at: "1",
      sorted: "ascending",
      cell: (row) => (
        <Link
          className="cell"
          to="/customers"
          search={(before) => merge(before, { open: row.id, who: undefined })}
          resetScroll={false}
        >
          <bdi>{row.name}</bdi>
        </Link>
      ),
    },
    {
      id: "usernames",
      head: t("customers.usernames"),
      at: "2",
      className: "id-cell",
      title: (row) => row.links.map((link) => `${link.username} (${link.panel_name})`).join(", "),
      cell: (row) =>
        row.links.length === 0 ? (
          <span className="mut wide">—</span>
        ) : (
          <span className="ltr">{[...new Set(row.links.map((link) => link.username))].join(", ")}</span>
        ),
    },
    {
      id: "from",
      head: t("customers.writes_from"),
      at: "no",
      lo: 2,
      cell: (row) => <WritesFrom senders={row.identities} />,
    },
    {
      id: "open",
      head: t("customers.open_requests"),
      at: "no",
      lo: 1,
      num: true,
      cell: (row) => (row.open_requests ? format.number(row.open_requests) : <span className="mut">0</span>),
    },
    {
      id: "last",
      head: t("customers.last_wrote"),
      at: "2e",
      lo: 3,
      className: "mut",
      cell: (row) => <Time at={row.last_seen_at} as="short" />,
    },
    {
      id: "state",
      head: t("customers.state"),
      at: "1e",
      cell: (row) => <CustomerState customer={row} />,
    },
  ];
  return (
    <Loaded query={list} skeleton={<SkeletonRows label={t("customers.loading")} rows={12} />}>
      {(page) =>
        page.items.length === 0 ? (
          search.q || search.after ? (
            <NothingFound q={search.q ?? ""} />
          ) : (
            <Empty
              icon={Users}
              title={t("customers.empty.title")}
              action={
                <div className="row">
                  <Button go icon={UserPlus} why={why} whyHidden onClick={onAdd}>
                    {t("customers.new")}
                  </Button>
                  {can("customers.manage") && (
                    <ButtonLink icon={Upload} to="/customers" search={{ view: "import" }}>
                      {t("customers.import")}
                    </ButtonLink>
                  )}
                </div>
              }
            >
              {t("customers.empty.text")}
            </Empty>
          )
        ) : (
          <div className={list.isPlaceholderData ? "fading" : undefined}>
            <DataTable
              label={t("customers.title")}
              hotkeys
              columns={columns}
              rows={page.items}
              rowKey={(row) => row.id}
              current={search.open}
              onOpen={(row) =>
                void navigate({
                  search: (before) => merge(before, { open: row.id }),
                  replace: true,
                  resetScroll: false,
                })
              }
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
  );
}
