import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ListFilter, Search, Users } from "lucide-react";
import { type FormEvent, useState } from "react";
import type { AdminUser } from "../../api/contract";
import { useT } from "../../i18n";
import { merge } from "../../lib/search";
import { useFormat } from "../../lib/session";
import { USER_TONE } from "../../lib/tones";
import { Top } from "../../shell/Page";
import { Button } from "../../ui/Button";
import { Empty } from "../../ui/bits";
import { type Column, DataTable, PageFoot } from "../../ui/DataTable";
import { Loaded, SkeletonRows } from "../../ui/Loaded";
import { State } from "../../ui/State";
import { Tabs } from "../../ui/Tabs";
import { Time } from "../../ui/Time";
import { PAGE_SIZE, type UsersSearch, usersQuery } from "./queries";
import { UserPanel } from "./UserPanel";

const STATES = ["active", "suspended", "banned"] as const;

export function UsersPage({ search }: { search: UsersSearch }) {
  const t = useT();
  const format = useFormat();
  const navigate = useNavigate({ from: "/admin/users" });
  const users = useQuery(usersQuery(search));
  const open = (user: AdminUser) =>
    void navigate({
      search: (before) => merge(before, { open: user.id }),
      replace: true,
      resetScroll: false,
    });
  const columns: Column<AdminUser>[] = [
    {
      id: "name",
      head: t("admin.username"),
      at: "1",
      cell: (row) => (
        <Link
          className="cell"
          to="/admin/users"
          search={(before) => merge(before, { open: row.id })}
          resetScroll={false}
        >
          <bdi>{row.username}</bdi>
        </Link>
      ),
    },
    {
      id: "state",
      head: t("admin.status"),
      at: "1e",
      title: (row) => row.state_reason,
      cell: (row) => <State tone={USER_TONE[row.state]}>{t(`admin.state.${row.state}`)}</State>,
    },
    {
      id: "created",
      head: t("admin.created"),
      at: "2",
      lo: 2,
      className: "two",
      sorted: "descending",
      cell: (row) => <Time at={row.created_at} as="day" />,
    },
    {
      id: "ip",
      head: t("admin.login_ip"),
      at: "2",
      lo: 3,
      cell: (row) => <span className="id">{row.last_login_ip ?? row.signup_ip}</span>,
    },
    {
      id: "login",
      head: t("admin.last_login"),
      at: "no",
      lo: 1,
      className: "two",
      cell: (row) => <Time at={row.last_login_at} />,
    },
    {
      id: "channels",
      head: t("admin.channels"),
      at: "no",
      num: true,
      cell: (row) => format.number(row.channels),
    },
    {
      id: "credits",
      head: t("admin.credits"),
      at: "2e",
      num: true,
      cell: (row) =>
        row.balance === null ? (
          <span className="mut">—</span>
        ) : row.balance <= 0 ? (
          <>
            <State tone="person">{format.credits(row.balance)}</State>
            <span className="ph"> {t("admin.credits.word")}</span>
          </>
        ) : (
          <>
            {format.credits(row.balance)}
            <span className="ph"> {t("admin.credits.word")}</span>
          </>
        ),
    },
  ];
  return (
    <div className="split">
      <section className="list" aria-label={t("admin.users.list")}>
        <Top title={t("admin.users")} />
        <div className="bars">
          <Tabs
            label={t("admin.filter.state")}
            to="/admin/users"
            current={search}
            tabs={([undefined, ...STATES] as const).map((state) => ({
              key: state ?? "all",
              label: t(`admin.view.${state ?? "all"}`),
              current: search.state === state,
              search: { state, after: undefined, open: undefined },
            }))}
          />
          <Find
            key={search.q ?? ""}
            q={search.q ?? ""}
            onFind={(q) =>
              void navigate({
                search: (before) => merge(before, { q: q || undefined, after: undefined, open: undefined }),
              })
            }
          />
        </div>
        <Loaded query={users} skeleton={<SkeletonRows label={t("admin.loading")} rows={14} />}>
          {(page) =>
            page.items.length === 0 ? (
              search.q || search.state ? (
                <Empty
                  icon={ListFilter}
                  title={t("admin.no_fit.title")}
                  action={
                    <Link className="btn" to="/admin/users" search={{}}>
                      {t("admin.no_fit.all")}
                    </Link>
                  }
                >
                  {t("admin.no_fit.text")}
                </Empty>
              ) : (
                <Empty icon={Users} title={t("admin.empty.title")}>
                  {t("admin.empty.text")}
                </Empty>
              )
            ) : (
              <div className={users.isPlaceholderData ? "fading" : undefined}>
                <DataTable
                  label={t("admin.users")}
                  hotkeys
                  columns={columns}
                  rows={page.items}
                  rowKey={(row) => row.id}
                  current={search.open}
                  onOpen={open}
                  foot={
                    <PageFoot
                      columns={columns.length}
                      shown={page.items.length}
                      size={PAGE_SIZE}
                      later={search.after !== undefined}
                      next={page.next}
                    />
                  }
                />
              </div>
            )
          }
        </Loaded>
      </section>
      {search.open !== undefined && (
        <UserPanel
          key={search.open}
          id={search.open}
          onClose={() =>
            void navigate({ search: (before) => merge(before, { open: undefined }), resetScroll: false })
          }
        />
      )}
    </div>
  );
}

function Find({ q, onFind }: { q: string; onFind: (q: string) => void }) {
  const t = useT();
  const [text, setText] = useState(q);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onFind(text.trim());
  };
  return (
    <form className="with find-form" role="search" onSubmit={submit}>
      <input
        className="input"
        type="search"
        aria-label={t("admin.find")}
        placeholder={t("admin.find")}
        autoCapitalize="none"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit" icon={Search} label={t("admin.find.button")} />
    </form>
  );
}
