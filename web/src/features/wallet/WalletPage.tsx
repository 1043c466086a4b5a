import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ReceiptText } from "lucide-react";
import { api } from "../../api/client";
import type { LedgerRow, Wallet } from "../../api/contract";
import { keys } from "../../api/keys";
import { useT, useWord } from "../../i18n";
import { useFormat, useSession, useTenant } from "../../lib/session";
import { Page } from "../../shell/Page";
import {
  Button,
  type Column,
  DataTable,
  Empty,
  Fig,
  Loaded,
  Note,
  PageFoot,
  Sec,
  SkeletonLines,
  SkeletonRows,
  Time,
  toast,
  useProblemText,
} from "../../ui";
import { LEDGER_KINDS, type LedgerKind } from "./kinds";
import { balanceChange, ledgerQuery, priceLines, walletQuery } from "./queries";
import "../../styles/shop.css";

interface Props {
  kind?: LedgerKind;
  after?: string;
}

export function WalletPage(props: Props) {
  const t = useT();
  const { tenant } = useTenant();
  const wallet = useQuery(walletQuery(tenant));
  return (
    <Page title={t("wallet.title")} about={t("wallet.about")}>
      <Loaded query={wallet} skeleton={<SkeletonLines label={t("common.loading")} />}>
        {(data) => (
          <>
            <Figures wallet={data} />
            {data.held_messages > 0 && <Held count={data.held_messages} left={data.messages_left} />}
            <div className="duo">
              <Ledger {...props} />
              <Prices wallet={data} />
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Figures({ wallet }: { wallet: Wallet }) {
  const t = useT();
  const format = useFormat();
  const days = wallet.days_left === null ? null : Math.floor(wallet.days_left);
  return (
    <div className="trio">
      <Fig value={format.number(wallet.messages_left)}>
        {days === null ? t("wallet.left") : t("wallet.left_days", { days })}
      </Fig>
      <Fig value={format.credits(wallet.balance)}>
        {wallet.held > 0
          ? t("wallet.credits_held", { held: format.credits(wallet.held) })
          : t("wallet.credits")}
      </Fig>
      <Fig value={format.credits(wallet.per_day)}>{t("wallet.per_day")}</Fig>
    </div>
  );
}

/** Messages that wait for credit: they go out by themselves after a grant; the button is for impatience. */
function Held({ count, left }: { count: number; left: number }) {
  const t = useT();
  const text = useProblemText();
  const { tenant } = useTenant();
  const { can } = useSession();
  const client = useQueryClient();
  const replay = useMutation({
    mutationFn: () => api.post<{ replayed: number }>(`/tenants/${tenant}/wallet/replay`),
    onSuccess: ({ replayed }) => {
      toast(t("wallet.replayed", { count: replayed }));
      void client.invalidateQueries({ queryKey: keys.tenant(tenant, "wallet") });
    },
    onError: (error) => toast(text(error)),
  });
  return (
    <Note tone="person">
      <p>{t("wallet.held", { count })}</p>
      {can("wallet.manage") && (
        <Button
          busy={replay.isPending}
          why={left === 0 ? t("wallet.replay_why") : undefined}
          onClick={() => replay.mutate()}
        >
          {t("wallet.replay")}
        </Button>
      )}
    </Note>
  );
}

function Ledger({ kind, after }: Props) {
  const t = useT();
  const word = useWord();
  const format = useFormat();
  const { tenant } = useTenant();
  const ledger = useQuery(ledgerQuery(tenant, kind, after));
  const amount = (row: LedgerRow) => {
    const change = balanceChange(row);
    const sign = change === 0 ? "" : change < 0 ? "− " : "+ ";
    return `${sign}${format.credits(Math.abs(row.amount))}`;
  };
  const columns: Column<LedgerRow>[] = [
    {
      id: "at",
      head: t("wallet.col.at"),
      at: "2",
      className: "mut",
      cell: (row) => <Time at={row.at} as="short" />,
    },
    { id: "what", head: t("wallet.col.what"), at: "1", cell: (row) => row.what || row.reason },
    { id: "kind", head: t("wallet.col.kind"), at: "2", lo: 1, cell: (row) => word("wallet.kind", row.kind) },
    { id: "amount", head: t("wallet.col.amount"), at: "1e", num: true, cell: amount },
    {
      id: "after",
      head: t("wallet.col.after"),
      at: "2e",
      num: true,
      className: "two",
      cell: (row) => format.credits(row.balance_after),
    },
  ];
  return (
    <Sec title={t("wallet.statement")} about={t("wallet.statement_about")}>
      <nav className="tabs" aria-label={t("wallet.which")}>
        {[undefined, ...LEDGER_KINDS].map((each) => (
          <Link
            key={each ?? "all"}
            to="/wallet"
            search={each ? { kind: each } : {}}
            aria-current={each === kind ? "true" : undefined}
          >
            {each ? word("wallet.kind", each) : t("wallet.all")}
          </Link>
        ))}
      </nav>
      <Loaded query={ledger} skeleton={<SkeletonRows label={t("common.loading")} />} small>
        {(data) =>
          data.items.length === 0 && !after ? (
            <Empty icon={ReceiptText} title={t("wallet.empty")} level={3}>
              {t("wallet.empty_text")}
            </Empty>
          ) : (
            <DataTable
              flush
              headOffset="0px"
              label={t("wallet.statement")}
              columns={columns}
              rows={data.items}
              rowKey={(row) => String(row.id)}
              foot={
                <PageFoot
                  columns={columns.length}
                  shown={data.items.length}
                  size={50}
                  later={after !== undefined}
                  next={data.next}
                />
              }
            />
          )
        }
      </Loaded>
    </Sec>
  );
}

function Prices({ wallet }: { wallet: Wallet }) {
  const t = useT();
  const word = useWord();
  const format = useFormat();
  const price = (micros: number | null) => (micros === null ? t("common.none") : format.credits(micros));
  return (
    <Sec title={t("wallet.prices")} about={t("wallet.prices_about")}>
      <table className="t flush" style={{ "--head": "0px" } as React.CSSProperties}>
        <thead>
          <tr>
            <th>{t("wallet.price.channel")}</th>
            <th className="num">{t("wallet.price.direct")}</th>
            <th className="num">{t("wallet.price.group")}</th>
            <th className="num">{t("wallet.price.forward")}</th>
          </tr>
        </thead>
        <tbody>
          {priceLines(wallet.prices).map((line) => (
            <tr key={line.channel}>
              <td>{word("wallet.channel", line.channel)}</td>
              <td className="num">{price(line.direct)}</td>
              <td className="num">{price(line.group)}</td>
              <td className="num">{price(line.forward)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="mut sm">{t("wallet.free")}</p>
    </Sec>
  );
}
