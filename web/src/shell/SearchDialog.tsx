// One search over pages, orders, customers, chats and providers. Pasted order ids become a filter of the requests.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import {
  ListChecks,
  ListFilter,
  type LucideIcon,
  MessageSquare,
  Search,
  Truck,
  UserRound,
  Users,
} from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import { api } from "../api/client";
import type { CustomerRef, Id } from "../api/contract";
import { keys } from "../api/keys";
import { useT } from "../i18n";
import { useDebounced } from "../lib/hooks";
import { isIdList, pastedIds } from "../lib/ids";
import { tenantPath, useSession } from "../lib/session";
import { Dialog } from "../ui/Dialog";
import type { NavItem } from "./nav";

interface SearchAnswer {
  orders: { order_id: string; requests: number }[];
  customers: CustomerRef[];
  chats: { id: Id; title: string }[];
  providers: { id: Id; alias: string }[];
}
interface Hit {
  key: string;
  icon: LucideIcon;
  label: ReactNode;
  to: string;
  search?: Record<string, string>;
}

const WAIT_MS = 150;

export function SearchDialog({ groups, onClose }: { groups: NavItem[][]; onClose: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  const { tenant, me } = useSession();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const list = useId();
  const asked = useDebounced(text.trim(), WAIT_MS);
  const ids = isIdList(text) ? pastedIds(text) : [];
  const query = useQuery({
    queryKey: keys.tenant(tenant?.tenant ?? "", "search", asked),
    queryFn: ({ signal }) =>
      api.get<SearchAnswer>(tenantPath(tenant ?? { tenant: "" }, "/search"), { q: asked }, signal),
    enabled: tenant !== null && asked.length >= 2 && ids.length < 2,
    retry: false,
    staleTime: 10_000,
  });

  const exists = (to: string) => groups.flat().some((item) => item.to === to);
  const hits: Hit[] = [];
  if (ids.length > 0 && exists("/requests")) {
    hits.push({
      key: "ids",
      icon: ListFilter,
      label: t("shell.show_orders", { count: ids.length }),
      to: "/requests",
      search: { view: "all", ids: ids.join(",") },
    });
  }
  const wanted = text.trim().toLocaleLowerCase();
  if (ids.length === 0) {
    const pages = [
      ...groups.flat().map((item) => ({ to: item.to, icon: item.icon, name: t(item.label) })),
      { to: "/account", icon: UserRound, name: t("shell.account") },
    ];
    if (me.platform && tenant) pages.push({ to: "/admin/users", icon: Users, name: t("shell.users") });
    for (const page of pages) {
      if (page.name.toLocaleLowerCase().includes(wanted))
        hits.push({ key: page.to, icon: page.icon, label: page.name, to: page.to });
    }
  }
  const found = text.trim().length >= 2 ? query.data : undefined;
  for (const order of found?.orders ?? []) {
    hits.push({
      key: `o${order.order_id}`,
      icon: ListChecks,
      label: (
        <>
          <span className="id">{order.order_id}</span>{" "}
          <span className="mut">{t("shell.hit.requests", { count: order.requests })}</span>
        </>
      ),
      to: "/requests",
      search: { view: "all", ids: order.order_id },
    });
  }
  for (const customer of found?.customers ?? []) {
    hits.push({
      key: `c${customer.id}`,
      icon: Users,
      label: customer.name,
      to: exists("/customers") ? "/customers" : "/requests",
      search: exists("/customers") ? { open: customer.id } : { view: "all", customer: customer.id },
    });
  }
  if (exists("/inbox")) {
    for (const chat of found?.chats ?? [])
      hits.push({
        key: `h${chat.id}`,
        icon: MessageSquare,
        label: chat.title,
        to: "/inbox",
        search: { chat: chat.id },
      });
  }
  if (exists("/providers")) {
    for (const provider of found?.providers ?? [])
      hits.push({
        key: `p${provider.id}`,
        icon: Truck,
        label: provider.alias,
        to: "/providers",
        search: { open: provider.id },
      });
  }

  const current = Math.min(at, Math.max(0, hits.length - 1));
  const go = (hit: Hit | undefined) => {
    if (!hit) return;
    onClose();
    void navigate({ to: hit.to as "/", search: (hit.search ?? {}) as never });
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setAt((current + (event.key === "ArrowDown" ? 1 : hits.length - 1)) % Math.max(1, hits.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(hits[current]);
    }
  };
  const waiting = asked !== text.trim() || query.isFetching;
  return (
    <Dialog title={t("shell.search_title")} quietTitle onClose={onClose} className="pal">
      <div className="palin">
        <Search className="i" aria-hidden="true" />
        <input
          className="input"
          role="combobox"
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={hits.length > 0 ? `${list}${current}` : undefined}
          aria-label={t("shell.search_title")}
          placeholder={t("shell.search_placeholder")}
          autoComplete="off"
          spellCheck={false}
          autoFocus
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKey}
        />
        <kbd>Esc</kbd>
      </div>
      <div role="listbox" id={list} aria-label={t("shell.search_hits")}>
        {hits.map((hit, index) => {
          const Icon = hit.icon;
          return (
            // The input keeps the focus and owns the keys; an option only takes presses.
            // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: see above
            <div
              key={hit.key}
              id={`${list}${index}`}
              role="option"
              aria-selected={index === current}
              onClick={() => go(hit)}
            >
              <Icon className="i" aria-hidden="true" />
              <span className="grow cut">{hit.label}</span>
            </div>
          );
        })}
      </div>
      {hits.length === 0 && (
        <p className="hint" role="status">
          {waiting
            ? t("shell.searching")
            : query.isError
              ? t("shell.search_failed")
              : t("shell.nothing_found", { text: text.trim() })}
        </p>
      )}
    </Dialog>
  );
}
