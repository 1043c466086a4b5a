// Chats, the one where something was said last first. It changes by itself, but no row leaves its place under a hand.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowUp, Hand, Inbox, ListFilter, Search, Truck, Unlink, Users } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { ChatRow } from "../../api/contract";
import { useT } from "../../i18n";
import { useBusyHand } from "../../lib/hand";
import { useDebounced, useNow } from "../../lib/hooks";
import { merge } from "../../lib/search";
import { useSession, useTenant } from "../../lib/session";
import { useSteady } from "../../lib/steady";
import { initials } from "../../shell/AppShell";
import { PageLink } from "../../shell/PageLink";
import { Button, Empty, Loaded, SkeletonRows, State, Tabs, Time } from "../../ui";
import { accountNamesQuery, chatsQuery } from "./queries";
import type { InboxFilters, InboxSearch } from "./search";
import { nameOf, pauseOf } from "./talk";

const NO_ROWS: ChatRow[] = [];

export function useChats(filters: InboxFilters) {
  const { tenant } = useTenant();
  const query = useInfiniteQuery(chatsQuery(tenant, filters));
  const hand = useBusyHand();
  const fresh = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? NO_ROWS, [query.data]);
  const name = JSON.stringify([filters, query.data?.pages.length]);
  const steady = useSteady(fresh, (row) => row.id, hand.busy, query.isPlaceholderData ? "" : name);
  return { query, hand, ...steady };
}

export function ChatList(props: {
  list: ReturnType<typeof useChats>;
  search: InboxSearch;
  filters: InboxFilters;
  onGo: (change: Record<string, string | undefined>, replace?: boolean) => unknown;
}) {
  const t = useT();
  const { search, list } = props;
  const { query, hand, shown, waiting, release } = list;
  const filtered = Object.keys(props.filters).length > 0;
  const tab = (key: "all" | "unread" | "direct" | "group") => ({
    key,
    label: t(`inbox.tab.${key}`),
    current: key === (search.unread ? "unread" : (search.kind ?? "all")),
    search: {
      chat: undefined,
      unread: key === "unread" ? "1" : undefined,
      kind: key === "direct" || key === "group" ? key : undefined,
    },
  });
  return (
    <section className="listp" aria-label={t("inbox.chats")} {...hand.on}>
      <div className="listp-head">
        <Find value={search.q} onChange={(q) => props.onGo({ q }, true)} />
        <Account value={search.account} onChange={(account) => props.onGo({ account, chat: undefined })} />
        <Tabs
          label={t("inbox.which")}
          to="/inbox"
          current={search}
          tabs={[tab("all"), tab("unread"), tab("direct"), tab("group")]}
        />
      </div>
      <div className="fresh" aria-live="polite">
        {waiting > 0 && (
          <Button icon={ArrowUp} onClick={release}>
            {t("inbox.new", { count: waiting })}
          </Button>
        )}
      </div>
      <Loaded
        query={query}
        skeleton={<SkeletonRows label={t("inbox.loading")} rows={9} widths={[32, 150]} />}
      >
        {() =>
          shown.length === 0 ? (
            <Nothing filtered={filtered} />
          ) : (
            <>
              <ul className={query.isPlaceholderData ? "talks fading" : "talks"}>
                {shown.map((row) => (
                  <li key={row.id}>
                    <Row row={row} open={row.id === search.chat} />
                  </li>
                ))}
              </ul>
              {query.hasNextPage && (
                <div className="more">
                  <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                    {t("inbox.more")}
                  </Button>
                </div>
              )}
            </>
          )
        }
      </Loaded>
    </section>
  );
}

function Find({ value, onChange }: { value: string | undefined; onChange: (q: string | undefined) => void }) {
  const t = useT();
  const [words, setWords] = useState(value ?? "");
  const settled = useDebounced(words.trim(), 250);
  const told = useRef(value ?? "");
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed goes to the address
  useEffect(() => {
    if (settled === told.current) return;
    told.current = settled;
    onChange(settled || undefined);
  }, [settled]);
  // Changed from elsewhere: Back, a pasted link, “show all”.
  useEffect(() => {
    if ((value ?? "") === told.current) return;
    told.current = value ?? "";
    setWords(told.current);
  }, [value]);
  return (
    <div className="finder">
      <Search className="i" aria-hidden="true" />
      <input
        className="input"
        type="search"
        aria-label={t("inbox.find")}
        placeholder={t("inbox.find")}
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
    </div>
  );
}

/** Only where there is something to choose from. */
function Account(props: { value: string | undefined; onChange: (id: string | undefined) => void }) {
  const t = useT();
  const { tenant } = useTenant();
  const { can } = useSession();
  const names = useQuery({ ...accountNamesQuery(tenant), enabled: can("channels.read") });
  const accounts = names.data ?? [];
  if (accounts.length < 2 && props.value === undefined) return null;
  return (
    <select
      className="input"
      aria-label={t("inbox.account")}
      value={props.value ?? ""}
      onChange={(event) => props.onChange(event.target.value || undefined)}
    >
      <option value="">{t("inbox.all_accounts")}</option>
      {accounts.map((account) => (
        <option key={account.id} value={account.id}>
          {account.username ? `${account.name} (@${account.username})` : account.name}
        </option>
      ))}
      {props.value !== undefined && !accounts.some((each) => each.id === props.value) && (
        <option value={props.value}>…</option>
      )}
    </select>
  );
}

function Row({ row, open }: { row: ChatRow; open: boolean }) {
  const t = useT();
  const name = nameOf(row);
  return (
    <Link
      to="/inbox"
      search={(before) => merge(before, { chat: row.id })}
      aria-current={open ? "true" : undefined}
      activeProps={{}}
      resetScroll={false}
    >
      <Avatar row={row} />
      <b>
        <bdi>{name}</bdi>
      </b>
      {row.last ? <Time at={row.last.at} as="short" /> : <span />}
      <p>
        {row.last ? (
          <>
            {row.last.from === "bot" && `${t("inbox.bot")}: `}
            {row.last.from === "person" && `${t("inbox.person")}: `}
            {row.last.text || t("inbox.no_words")}
          </>
        ) : (
          t("inbox.nothing_said")
        )}
      </p>
      <Mark row={row} />
    </Link>
  );
}

export function Avatar({ row }: { row: ChatRow }) {
  const Icon = row.party === "provider" ? Truck : row.kind === "group" ? Users : null;
  return (
    <span className="ava" aria-hidden="true">
      {Icon ? <Icon className="i" /> : initials(nameOf(row)).slice(0, 2) || "?"}
    </span>
  );
}

/** The one thing worth knowing before it is opened. */
function Mark({ row }: { row: ChatRow }) {
  const t = useT();
  const now = useNow();
  if (row.lost_reason !== null) return <State tone="failed">{t("inbox.lost")}</State>;
  if (row.unread > 0) {
    return (
      <span className="cnt">
        {row.unread > 99 ? "99+" : row.unread}
        <span className="vh"> {t("inbox.unread")}</span>
      </span>
    );
  }
  if (pauseOf(row, now))
    return (
      <State tone="person" icon={Hand}>
        {t("inbox.person")}
      </State>
    );
  if (row.kind === "group" && row.mode !== "support" && row.party !== "provider")
    return <State tone={row.mode === "off" ? "off" : "pause"}>{t(`inbox.mode.${row.mode}`)}</State>;
  if (row.kind === "direct" && !row.customer)
    return (
      <State tone="off" icon={Unlink}>
        {t("inbox.not_linked")}
      </State>
    );
  return <span />;
}

function Nothing({ filtered }: { filtered: boolean }) {
  const t = useT();
  if (filtered) {
    return (
      <Empty
        icon={ListFilter}
        title={t("inbox.no_fit")}
        action={
          <Link className="btn" to="/inbox" search={{}}>
            {t("inbox.show_all")}
          </Link>
        }
      />
    );
  }
  return (
    <Empty
      icon={Inbox}
      title={t("inbox.empty.title")}
      action={
        <PageLink className="btn go" to="/channels">
          {t("inbox.empty.action")}
        </PageLink>
      }
    >
      {t("inbox.empty.text")}
    </Empty>
  );
}
