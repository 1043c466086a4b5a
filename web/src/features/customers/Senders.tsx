// People as the networks know them, who wrote last first. Rows keep their place under a hand.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ArrowUp, UserCheck } from "lucide-react";
import type { IdentityRow } from "../../api/contract";
import { useT } from "../../i18n";
import { useBusyHand } from "../../lib/hand";
import { merge } from "../../lib/search";
import { useFormat, useTenant } from "../../lib/session";
import { useSteady } from "../../lib/steady";
import { Button, type Column, DataTable, Empty, Loaded, PageFoot, SkeletonRows, Time } from "../../ui";
import { ChannelIcon, NothingFound, SenderState } from "./parts";
import { PAGE_SIZE, senderName, sendersQuery } from "./queries";
import type { CustomersSearch } from "./search";

const NONE: IdentityRow[] = [];

export function Senders({ search }: { search: CustomersSearch }) {
  const t = useT();
  const format = useFormat();
  const { tenant } = useTenant();
  const navigate = useNavigate({ from: "/customers" });
  const unlinked = search.view === "unlinked";
  const list = useQuery(sendersQuery(tenant, unlinked, search.q, search.after));
  const hand = useBusyHand();
  const { shown, waiting, release } = useSteady(
    list.data?.items ?? NONE,
    (row) => row.id,
    // Those who were just linked leave the list at once: that is what the hand did.
    hand.busy && !unlinked,
    list.isPlaceholderData ? "" : JSON.stringify([search.view, search.q, search.after]),
  );
  const columns: Column<IdentityRow>[] = [
    {
      id: "who",
      head: t("customers.who"),
      at: "1",
      cell: (row) => (
        <Link
          className="cell"
          to="/customers"
          search={(before) => merge(before, { who: row.id, open: undefined })}
          resetScroll={false}
        >
          <span className="from">
            <ChannelIcon channel={row.channel} />
            <bdi className="cut">{senderName(row)}</bdi>
          </span>
        </Link>
      ),
    },
    {
      id: "id",
      head: t("customers.network_id"),
      at: "2",
      lo: 1,
      cell: (row) => <span className="id">{row.network_id}</span>,
    },
    ...(unlinked
      ? []
      : [
          {
            id: "customer",
            head: t("customers.customer"),
            at: "2",
            cell: (row) => <bdi>{row.customer?.name ?? "—"}</bdi>,
          } satisfies Column<IdentityRow>,
        ]),
    {
      id: "misses",
      head: t("customers.misses"),
      at: "no",
      lo: 2,
      num: true,
      cell: (row) => format.number(row.misses),
    },
    {
      id: "last",
      head: t("customers.last_wrote"),
      at: "2e",
      lo: 3,
      sorted: "descending",
      className: "mut",
      cell: (row) => <Time at={row.last_seen_at} as="short" />,
    },
    {
      id: "state",
      head: t("customers.state"),
      at: "1e",
      cell: (row) => <SenderState sender={row} />,
    },
  ];
  return (
    <div {...hand.on}>
      <div className="fresh" aria-live="polite">
        {waiting > 0 && search.after === undefined && (
          <Button icon={ArrowUp} onClick={release}>
            {t("customers.new_senders", { count: waiting })}
          </Button>
        )}
      </div>
      <Loaded query={list} skeleton={<SkeletonRows label={t("customers.loading")} rows={12} />}>
        {(page) =>
          shown.length === 0 ? (
            search.q || search.after ? (
              <NothingFound q={search.q ?? ""} />
            ) : (
              <Empty icon={UserCheck} title={t(unlinked ? "customers.calm.title" : "customers.silent.title")}>
                {t(unlinked ? "customers.calm.text" : "customers.silent.text")}
              </Empty>
            )
          ) : (
            <div className={list.isPlaceholderData ? "fading" : undefined}>
              <DataTable
                label={t(unlinked ? "customers.view.unlinked" : "customers.view.senders")}
                hotkeys
                columns={columns}
                rows={shown}
                rowKey={(row) => row.id}
                current={search.who}
                onOpen={(row) =>
                  void navigate({
                    search: (before) => merge(before, { who: row.id, open: undefined }),
                    replace: true,
                    resetScroll: false,
                  })
                }
                foot={
                  <PageFoot
                    columns={columns.length}
                    shown={shown.length}
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
      {unlinked && shown.length > 0 && <p className="mx mut foot-note">{t("customers.misses_about")}</p>}
    </div>
  );
}
