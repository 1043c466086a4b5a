import { useQuery } from "@tanstack/react-query";
import { VolumeX } from "lucide-react";
import type { ChannelHealth, Home, Id, PanelHealth } from "../../api/contract";
import { needPersonQuery } from "../../api/queries";
import { useT, useWord } from "../../i18n";
import { useFormat } from "../../lib/session";
import { CHANNEL_TONE, OUTCOME_NAMES, type OutcomeName, outcomeTone, PANEL_TONE } from "../../lib/tones";
import { PageLink } from "../../shell/PageLink";
import { Banner, Fig, Meter, Sec } from "../../ui/bits";
import { type Column, DataTable } from "../../ui/DataTable";
import { State, TONE_ICON, type Tone } from "../../ui/State";
import { Time } from "../../ui/Time";

const VERDICT_TONE: Record<Home["verdict"]["state"], Tone> = {
  ok: "done",
  person: "person",
  failed: "failed",
  setup: "sent",
};

export function Overview({
  home,
  tenant,
  quiet,
  acts,
}: {
  home: Home;
  tenant: Id;
  quiet: boolean;
  acts: boolean;
}) {
  const t = useT();
  return (
    <>
      {home.silent_mode && (
        <div className="frame">
          <Banner icon={VolumeX} action={<PageLink to="/settings">{t("home.silent.change")}</PageLink>}>
            {t("home.silent")}
          </Banner>
        </div>
      )}
      {!quiet && <Verdict home={home} />}
      <div className="duo duo-home">
        <div className="col">
          <Channels channels={home.channels} />
          <Panels panels={home.panels} />
        </div>
        <div className="col">
          {acts && <NeedsPerson home={home} tenant={tenant} />}
          <Credits home={home} />
          <Outcomes home={home} />
        </div>
      </div>
    </>
  );
}

/** One sentence first: what is true, and the one thing to do about it. */
function Verdict({ home }: { home: Home }) {
  const t = useT();
  const { state, sentence } = home.verdict;
  const tone = VERDICT_TONE[state];
  const Icon = TONE_ICON[tone];
  const channelDown = home.channels.some(
    (channel) => channel.state === "logged_out" || channel.state === "backing_off",
  );
  const next =
    state === "person"
      ? { to: "/requests", search: { view: "person" }, text: t("home.verdict.decide") }
      : state === "failed"
        ? channelDown
          ? { to: "/channels", text: t("home.verdict.channels") }
          : home.credits.messages_left <= 0
            ? { to: "/wallet", text: t("home.verdict.wallet") }
            : { to: "/panels", text: t("home.verdict.panels") }
        : null;
  return (
    <div className="verdict" data-s={tone}>
      <Icon className="i" aria-hidden="true" />
      <h2>{sentence}</h2>
      {next && (
        <PageLink className="btn go" to={next.to} {...(next.search && { search: next.search })}>
          {next.text}
        </PageLink>
      )}
    </div>
  );
}

function Channels({ channels }: { channels: ChannelHealth[] }) {
  const t = useT();
  const columns: Column<ChannelHealth>[] = [
    {
      id: "name",
      head: t("home.channel"),
      at: "1",
      cell: (row) => (
        <>
          <b>{row.name}</b> <span className="mut">{t(`common.channel.${row.channel}`)}</span>
        </>
      ),
    },
    {
      id: "state",
      head: t("home.state"),
      at: "1e",
      cell: (row) => <State tone={CHANNEL_TONE[row.state]}>{row.state_text}</State>,
    },
    {
      id: "since",
      head: t("home.since"),
      at: "no",
      lo: 1,
      num: true,
      cell: (row) => <Time at={row.since} as="short" />,
    },
    {
      id: "in",
      head: t("home.last_in"),
      at: "2",
      num: true,
      cell: (row) => (
        <>
          <Time at={row.last_in_at} as="clock" />
          <span className="ph"> {t("home.in")}</span>
        </>
      ),
    },
    {
      id: "out",
      head: t("home.last_out"),
      at: "2e",
      num: true,
      cell: (row) => (
        <>
          <Time at={row.last_out_at} as="clock" />
          <span className="ph"> {t("home.out")}</span>
        </>
      ),
    },
  ];
  return (
    <Sec
      className="o1"
      title={t("home.channels")}
      about={t("home.channels.about")}
      end={<PageLink to="/channels">{t("home.channels.all")}</PageLink>}
    >
      {channels.length === 0 ? (
        <p className="two">{t("home.channels.none")}</p>
      ) : (
        <DataTable
          label={t("home.channels")}
          flush
          headOffset="0px"
          columns={columns}
          rows={channels}
          rowKey={(row) => row.id}
        />
      )}
    </Sec>
  );
}

function Panels({ panels }: { panels: PanelHealth[] }) {
  const t = useT();
  return (
    <Sec
      title={t("home.panels")}
      about={t("home.panels.about")}
      end={<PageLink to="/panels">{t("home.panels.all")}</PageLink>}
    >
      {panels.length === 0 && <p className="two">{t("home.panels.none")}</p>}
      <ul className="lines">
        {panels.map((panel) => (
          <li key={panel.id}>
            <div className="grow">
              <p className="cut">
                <b>{panel.name}</b>
              </p>
              <p className="mut sm">{panel.sentence}</p>
            </div>
            <State tone={PANEL_TONE[panel.state]}>{t(`home.panel.${panel.state}`)}</State>
          </li>
        ))}
      </ul>
    </Sec>
  );
}

function NeedsPerson({ home, tenant }: { home: Home; tenant: Id }) {
  const t = useT();
  const format = useFormat();
  const some = useQuery({ ...needPersonQuery(tenant), enabled: home.need_person > 0 });
  return (
    <Sec
      className="o1"
      title={t("home.person")}
      about={home.need_person > 0 ? format.number(home.need_person) : undefined}
      end={
        home.need_person > 0 && (
          <PageLink to="/requests" search={{ view: "person" }}>
            {t("home.person.all")}
          </PageLink>
        )
      }
    >
      {home.need_person === 0 ? (
        <p className="two">{t("home.person.none")}</p>
      ) : (
        <>
          <ul className="lines">
            {(some.data?.items ?? []).slice(0, 4).map((request) => (
              <li key={request.id}>
                <div className="grow">
                  <p className="cut">
                    <span className="id">{request.order_id}</span> {t(`common.command.${request.command}`)},{" "}
                    <bdi>{request.customer?.name ?? request.sender}</bdi>
                  </p>
                  <p className="mut sm">{request.sentence}</p>
                </div>
                <PageLink className="btn" to="/requests" search={{ view: "person", open: request.id }}>
                  {t("home.person.decide")}
                  <span className="vh"> {request.order_id}</span>
                </PageLink>
              </li>
            ))}
          </ul>
          {home.oldest_need_person_at && (
            <p className="mut sm mt-2">
              {t("home.person.oldest")} <Time at={home.oldest_need_person_at} />
            </p>
          )}
        </>
      )}
    </Sec>
  );
}

function Credits({ home }: { home: Home }) {
  const t = useT();
  const format = useFormat();
  const { credits } = home;
  const days = credits.days_left === null ? null : Math.floor(credits.days_left);
  return (
    <Sec
      className="o1"
      title={t("home.credits")}
      end={<PageLink to="/wallet">{t("home.credits.open")}</PageLink>}
    >
      <div className="trio">
        <Fig
          value={
            days === null ? "–" : t("home.credits.days_value", { count: days, days: format.number(days) })
          }
        >
          {days === null ? t("home.credits.no_pace") : t("home.credits.days")}
        </Fig>
        <Fig value={format.number(credits.messages_left)}>{t("home.credits.left")}</Fig>
        <Fig value={format.credits(credits.per_day)}>{t("home.credits.per_day")}</Fig>
      </div>
    </Sec>
  );
}

/** What is done and under way first, what is broken last; within, the order of the decisions. */
const TONE_ORDER: Tone[] = ["done", "sent", "wait", "refused", "person", "failed", "closed"];

function Outcomes({ home }: { home: Home }) {
  const t = useT();
  const word = useWord();
  const format = useFormat();
  const { by_outcome, orders, messages, usual_orders } = home.today;
  const place = (outcome: string) =>
    TONE_ORDER.indexOf(outcomeTone(outcome)) * 100 + OUTCOME_NAMES.indexOf(outcome as OutcomeName);
  const rows = by_outcome
    .filter((entry) => entry.count > 0)
    .sort((a, b) => place(a.outcome) - place(b.outcome));
  const about =
    usual_orders === null
      ? t("home.today.about", { orders, messages })
      : t("home.today.usual", { orders, messages, usual: format.number(usual_orders) });
  return (
    <Sec title={t("home.today")} end={<PageLink to="/requests">{t("shell.requests")}</PageLink>}>
      <p className="mut">{about}</p>
      <ul className="lines outs">
        {rows.map(({ outcome, count }) => (
          <li key={outcome}>
            <State tone={outcomeTone(outcome)}>{word("common.outcome", outcome)}</State>
            <Meter className="grow" plain tone={outcomeTone(outcome)} value={count} of={orders} label="" />
            <PageLink className="num nw" to="/requests" search={{ view: "all", outcome }}>
              {format.number(count)}
            </PageLink>
          </li>
        ))}
      </ul>
    </Sec>
  );
}
