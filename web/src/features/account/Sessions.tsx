import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import type { Session } from "../../api/contract";
import { keys } from "../../api/keys";
import { useT } from "../../i18n";
import { deviceName } from "../../lib/agent";
import { useFormat } from "../../lib/session";
import { Button } from "../../ui/Button";
import { Sec } from "../../ui/bits";
import { type Column, DataTable } from "../../ui/DataTable";
import { DangerDialog } from "../../ui/Dialog";
import { Loaded, SkeletonLines } from "../../ui/Loaded";
import { useProblemText } from "../../ui/problem-text";
import { State } from "../../ui/State";
import { Time } from "../../ui/Time";
import { toast } from "../../ui/Toast";
import { sessionsQuery } from "./queries";

export function Sessions() {
  const t = useT();
  const format = useFormat();
  const client = useQueryClient();
  const text = useProblemText();
  const [asking, setAsking] = useState(false);
  const sessions = useQuery(sessionsQuery);
  const settle = () => client.invalidateQueries({ queryKey: keys.sessions });
  const end = useMutation({
    mutationFn: (session: Session) => api.delete(`/me/sessions/${session.id}`),
    onSuccess: (_done, session) => toast(t("account.ended", { device: deviceName(session.agent) })),
    onError: (error) => toast(text(error)),
    onSettled: settle,
  });
  const endOthers = useMutation({
    mutationFn: () => api.delete("/me/sessions"),
    onSuccess: () => {
      setAsking(false);
      toast(t("account.ended_others"));
    },
    onSettled: settle,
  });
  const others = (sessions.data ?? []).filter((session) => !session.current);
  const columns: Column<Session>[] = [
    {
      id: "device",
      head: t("account.device"),
      at: "1",
      cell: (row) => <b>{deviceName(row.agent)}</b>,
      title: (row) => row.agent,
    },
    { id: "ip", head: t("account.address"), at: "2", cell: (row) => <span className="ltr">{row.ip}</span> },
    {
      id: "since",
      head: t("account.since"),
      at: "no",
      lo: 1,
      cell: (row) => <Time at={row.created_at} as="short" />,
    },
    {
      id: "used",
      head: t("account.used"),
      at: "2e",
      num: true,
      cell: (row) => (row.current ? t("account.now") : <Time at={row.last_seen_at} />),
    },
    {
      id: "do",
      head: <span className="vh">{t("account.action")}</span>,
      at: "1e",
      num: true,
      cell: (row) =>
        row.current ? (
          <State tone="done">{t("account.this_one")}</State>
        ) : (
          <Button busy={end.isPending && end.variables.id === row.id} onClick={() => end.mutate(row)}>
            {t("account.end")}
            <span className="vh"> {deviceName(row.agent)}</span>
          </Button>
        ),
    },
  ];
  return (
    <Sec
      title={t("account.sessions")}
      about={sessions.data && t("account.devices", { count: sessions.data.length })}
      end={
        others.length > 0 && (
          <Button bare onClick={() => setAsking(true)}>
            {t("account.end_others", { count: others.length })}
          </Button>
        )
      }
    >
      <Loaded query={sessions} small skeleton={<SkeletonLines label={t("common.loading")} />}>
        {(rows) => (
          <DataTable
            label={t("account.sessions")}
            flush
            headOffset="0px"
            className="roomy"
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
          />
        )}
      </Loaded>
      <p className="hint mt-2">{t("account.sessions.hint")}</p>
      {asking && (
        <DangerDialog
          title={t("account.end_others.title", { count: others.length })}
          keep={t("account.end_others.keep")}
          act={t("account.end_others", { count: others.length })}
          busy={endOthers.isPending}
          error={endOthers.error && <p className="hint err">{text(endOthers.error)}</p>}
          onClose={() => setAsking(false)}
          onAct={() => endOthers.mutate()}
        >
          <p>
            {t("account.end_others.text", {
              devices: format.list(others.map((session) => deviceName(session.agent))),
            })}
          </p>
        </DangerDialog>
      )}
    </Sec>
  );
}
