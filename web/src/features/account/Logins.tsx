import { useQuery } from "@tanstack/react-query";
import type { LoginEvent } from "../../api/contract";
import { useT } from "../../i18n";
import { deviceName } from "../../lib/agent";
import { Sec } from "../../ui/bits";
import { type Column, DataTable, PageFoot } from "../../ui/DataTable";
import { Loaded, SkeletonLines } from "../../ui/Loaded";
import { State, type Tone } from "../../ui/State";
import { Time } from "../../ui/Time";
import { loginsQuery } from "./queries";

const TONE: Record<LoginEvent["outcome"], Tone> = {
  success: "done",
  wrong_password: "refused",
  suspended: "pause",
  banned: "refused",
};

export function Logins({ after }: { after: string | undefined }) {
  const t = useT();
  const logins = useQuery(loginsQuery(after));
  const columns: Column<LoginEvent>[] = [
    {
      id: "at",
      head: t("account.when"),
      at: "2e",
      className: "mut",
      cell: (row) => <Time at={row.at} as="short" />,
    },
    { id: "ip", head: t("account.address"), at: "2", cell: (row) => <span className="ltr">{row.ip}</span> },
    {
      id: "device",
      head: t("account.device"),
      at: "1",
      cell: (row) => deviceName(row.agent),
      title: (row) => row.agent,
    },
    {
      id: "result",
      head: t("account.result"),
      at: "1e",
      cell: (row) => <State tone={TONE[row.outcome]}>{t(`account.login.${row.outcome}`)}</State>,
    },
  ];
  return (
    <Sec title={t("account.logins")} about={t("account.logins.about")}>
      <Loaded query={logins} small skeleton={<SkeletonLines label={t("common.loading")} lines={8} />}>
        {(page) => (
          <DataTable
            label={t("account.logins")}
            flush
            columns={columns}
            rows={page.items}
            rowKey={(row) => row.id}
            foot={
              (page.next || after) && (
                <PageFoot
                  columns={columns.length}
                  shown={page.items.length}
                  size={20}
                  later={after !== undefined}
                  next={page.next}
                  stay
                />
              )
            }
          />
        )}
      </Loaded>
    </Sec>
  );
}
