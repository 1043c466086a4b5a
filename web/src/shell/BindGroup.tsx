// Binding a group: a link and a code for fifteen minutes, single-use, and what becomes of it while one waits.
// For customers' groups (Channels) and for providers' groups (Providers): `<BindGroup purpose provider account onClose />`.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RadioTower } from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import { api, newKey } from "../api/client";
import type { BindCode, ChannelCard, Id } from "../api/contract";
import { keys } from "../api/keys";
import { T, useT } from "../i18n";
import { useTenant } from "../lib/session";
import "../styles/setup.css";
import {
  Button,
  ButtonLink,
  Copyable,
  Dialog,
  Empty,
  Field,
  Loaded,
  Note,
  Refusal,
  SkeletonLines,
  State,
} from "../ui";

const Qr = lazy(() => import("../ui/Qr").then(({ Qr }) => ({ default: Qr })));
const POLL_MS = 2000;

export interface BindGroupProps {
  purpose: BindCode["purpose"];
  /** Whose requests go to the group; needed for `provider_group`. */
  provider?: { id: Id; alias: string };
  /** The bot, where the page knows it; else the person chooses among those that are on. */
  account?: Id;
  onClose: () => void;
}

type Bot = Pick<ChannelCard, "id" | "name" | "username">;

export function BindGroup(props: BindGroupProps) {
  const t = useT();
  const { tenant } = useTenant();
  const [chosen, setChosen] = useState<Id | null>(props.account ?? null);
  const channels = useQuery({
    queryKey: keys.tenant(tenant, "channels"),
    queryFn: ({ signal }) => api.get<ChannelCard[]>(`/tenants/${tenant}/channels`, undefined, signal),
  });
  const bots = channels.data?.filter((each) => each.channel === "telegram_bot" && each.state !== "disabled");
  const bot = bots?.find((each) => each.id === (chosen ?? (bots.length === 1 ? bots[0]?.id : null)));
  const title = props.provider
    ? t("bind.provider.title", { alias: props.provider.alias })
    : t("bind.customer.title");
  if (bot) return <Waiting key={bot.id} {...props} bot={bot} title={title} />;
  return (
    <Dialog
      title={title}
      onClose={props.onClose}
      footer={<Button onClick={props.onClose}>{t("common.cancel")}</Button>}
    >
      <Loaded query={channels} skeleton={<SkeletonLines label={t("common.loading")} lines={3} />} small>
        {() =>
          bots?.length ? (
            <Field label={t("bind.bot")} hint={t("bind.bot_hint")}>
              {(control) => (
                <select {...control} value="" onChange={(event) => setChosen(event.target.value)}>
                  <option value="" disabled>
                    {t("bind.bot_choose")}
                  </option>
                  {bots.map((each) => (
                    <option key={each.id} value={each.id}>
                      {each.name} (@{each.username})
                    </option>
                  ))}
                </select>
              )}
            </Field>
          ) : (
            <Empty
              icon={RadioTower}
              title={t("bind.no_bot")}
              level={3}
              action={
                <ButtonLink go to="/channels" search={{}}>
                  {t("bind.no_bot_do")}
                </ButtonLink>
              }
            >
              {t("bind.no_bot_text")}
            </Empty>
          )
        }
      </Loaded>
    </Dialog>
  );
}

function Waiting(props: BindGroupProps & { bot: Bot; title: string }) {
  const { bot, purpose, provider, onClose } = props;
  const t = useT();
  const { tenant } = useTenant();
  const client = useQueryClient();
  /** One per wish for a code: a second run of the effect gets the same code. */
  const wish = useRef(newKey());
  const make = useMutation({
    mutationFn: () =>
      api.post<BindCode>(
        `/tenants/${tenant}/bind-codes`,
        { purpose, account: bot.id, ...(provider && { provider: provider.id }) },
        { idempotencyKey: wish.current },
      ),
  });
  const { mutate } = make;
  useEffect(() => mutate(), [mutate]);
  const made = make.data;
  const now = useQuery({
    queryKey: ["bind", tenant, made?.code ?? ""],
    queryFn: ({ signal }) =>
      api.get<BindCode>(
        `/tenants/${tenant}/bind-codes/${encodeURIComponent(made?.code ?? "")}`,
        undefined,
        signal,
      ),
    enabled: made !== undefined,
    ...(made && { initialData: made }),
    gcTime: 0,
    refetchInterval: (query) =>
      query.state.data?.state === "waiting" || query.state.data?.state === "refused" ? POLL_MS : false,
  });
  const code = now.data ?? made;
  const state = code?.state;
  useEffect(() => {
    if (state !== "bound") return;
    for (const area of ["channels", "chats", "providers", "home"] as const)
      void client.invalidateQueries({ queryKey: keys.tenant(tenant, area) });
  }, [state, client, tenant]);
  const again = () => {
    wish.current = newKey();
    make.reset();
    mutate();
  };
  const over = state === "bound" || state === "expired";
  return (
    <Dialog
      title={props.title}
      className={over || !code ? "" : "wide-dlg"}
      onClose={onClose}
      footer={
        <>
          {state === "bound" && <Button onClick={again}>{t("bind.another")}</Button>}
          {(state === "expired" || make.isError) && (
            <Button go busy={make.isPending} onClick={again}>
              {t("bind.again")}
            </Button>
          )}
          <Button go={state === "bound"} onClick={onClose}>
            {state === "bound" ? t("bind.done") : t("common.close")}
          </Button>
        </>
      }
    >
      <Refusal error={make.error} />
      {!code && !make.isError && <SkeletonLines label={t("common.loading")} lines={5} />}
      {code && !over && <Steps code={code} bot={bot} forum={purpose === "provider_group"} />}
      {code && <Outcome code={code} />}
    </Dialog>
  );
}

function Steps({ code, bot, forum }: { code: BindCode; bot: Bot; forum: boolean }) {
  const t = useT();
  return (
    <>
      <div className="with-qr">
        <ol className="steps">
          <li>
            <div className="stack">
              <p>{t("bind.step.open")}</p>
              <div className="row">
                <a className="btn go" href={code.link} target="_blank" rel="noreferrer">
                  {t("bind.open")}
                </a>
                <Copyable text={code.link} label={t("bind.copy_link")} button />
              </div>
            </div>
          </li>
          <li>
            <p>{t("bind.step.choose")}</p>
          </li>
          <li>
            <p>{t("bind.step.back")}</p>
          </li>
        </ol>
        <Suspense fallback={<div className="qr" />}>
          <Qr text={code.link} label={t("bind.qr")} />
        </Suspense>
      </div>
      <div className="stack">
        <p className="two">
          <T id="bind.inside" values={{ bot: bot.username }} parts={{ 0: <span className="ltr" /> }} />
        </p>
        <Copyable text={`/start@${bot.username} ${code.code}`} label={t("bind.copy_words")} />
        {forum && <p className="hint">{t("bind.topic")}</p>}
      </div>
    </>
  );
}

/** What became of it; always in the same place, and read out when it changes. */
function Outcome({ code }: { code: BindCode }) {
  const t = useT();
  let told: ReactNode;
  if (code.state === "bound")
    told = (
      <Note tone="done">
        <div className="stack">
          <p>
            <b>{t("bind.bound", { title: code.chat?.title ?? "" })}</b>
          </p>
          <p>{code.words}</p>
        </div>
      </Note>
    );
  else if (code.state === "expired") told = <Note>{t("bind.expired")}</Note>;
  else
    told = (
      <>
        {code.state === "refused" && (
          <Note tone="person" className="mb-2">
            <p>
              <b>{t("bind.refused", { title: code.chat?.title ?? "" })}</b> {code.refused_why}
            </p>
            <p>{t("bind.refused_next")}</p>
          </Note>
        )}
        <p className="row">
          <State tone="wait">{t("bind.waiting")}</State>
          <Countdown until={code.expires_at} />
        </p>
      </>
    );
  return (
    <div role="status" aria-live="polite">
      {told}
    </div>
  );
}

function Countdown({ until }: { until: string }) {
  const t = useT();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const left = Math.round((Date.parse(until) - now) / 1000);
  // A clock that is wrong by minutes must not tell a time that is wrong by minutes.
  if (left <= 0 || left > 15 * 60 + 30) return null;
  const words = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  return (
    <span className="mut end" aria-hidden="true">
      {t("bind.left", { time: words })}
    </span>
  );
}
