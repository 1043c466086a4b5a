// One user: who, since when, from where; suspend, ban, reinstate, credits, each with a reason that stays.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Ban, CirclePause, Coins, LogIn, type LucideIcon, RotateCcw } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { api, newKey } from "../../api/client";
import type { AdminUser, AdminUserDetail, Id, Micros } from "../../api/contract";
import { keys } from "../../api/keys";
import { useT, useWord } from "../../i18n";
import { deviceName } from "../../lib/agent";
import { useFormat, useSession } from "../../lib/session";
import { USER_TONE } from "../../lib/tones";
import { Button } from "../../ui/Button";
import { Sec } from "../../ui/bits";
import { CopyId } from "../../ui/CopyId";
import { Cord, type CordStep } from "../../ui/Cord";
import { Loaded, SkeletonLines } from "../../ui/Loaded";
import { useProblemText } from "../../ui/problem-text";
import { SidePanel } from "../../ui/SidePanel";
import { State, type Tone } from "../../ui/State";
import { Time } from "../../ui/Time";
import { toast } from "../../ui/Toast";
import { CreditsDialog } from "./CreditsDialog";
import { userQuery } from "./queries";
import { ReasonDialog } from "./ReasonDialog";

export type StateAction = "suspend" | "ban" | "reinstate";
const AUDIT_SIGN: Record<string, [Tone, LucideIcon]> = {
  suspend: ["pause", CirclePause],
  ban: ["refused", Ban],
  reinstate: ["done", RotateCcw],
  credits: ["done", Coins],
};

export function UserPanel({ id, onClose }: { id: Id; onClose: () => void }) {
  const t = useT();
  const format = useFormat();
  const text = useProblemText();
  const { can } = useSession();
  const client = useQueryClient();
  const query = useQuery(userQuery(id));
  const user = query.data;
  const [asking, setAsking] = useState<StateAction | "credits" | null>(null);
  // The same key until it has worked: a second press or a lost answer changes nothing twice.
  const intent = useRef(newKey());

  const settle = () => client.invalidateQueries({ queryKey: keys.admin("users") });
  const setState = useMutation({
    mutationFn: ({ action, reason }: { action: StateAction; reason: string }) =>
      api.post<AdminUser>(`/admin/users/${id}/${action}`, { reason }),
    onSuccess: (after, { action }) => {
      setAsking(null);
      toast(t(`admin.done.${action}`, { name: after.username }));
    },
    onSettled: settle,
  });
  const setCredits = useMutation({
    mutationFn: ({ micros, reason }: { micros: Micros; reason: string }) =>
      api.post<AdminUser>(
        `/admin/users/${id}/credits`,
        { micros, reason },
        { idempotencyKey: intent.current },
      ),
    onSuccess: (after) => {
      intent.current = newKey();
      setAsking(null);
      toast(t("admin.done.credits", { name: after.username, balance: format.credits(after.balance ?? 0) }));
    },
    onSettled: settle,
  });
  const manage = can("users.manage") ? undefined : t("admin.no_right");
  const money = !can("credits.manage")
    ? t("admin.no_right")
    : user?.balance === null
      ? t("admin.no_tenant")
      : undefined;

  return (
    <SidePanel
      label={user ? t("admin.panel.label", { name: user.username }) : t("admin.panel.loading")}
      title={user ? <bdi>{user.username}</bdi> : t("admin.username")}
      onClose={onClose}
      actions={
        user && (
          <State tone={USER_TONE[user.state]} box>
            {t(`admin.state.${user.state}`)}
          </State>
        )
      }
      footer={
        user && (
          <>
            <Button
              icon={Coins}
              why={money}
              whyHidden={money === manage}
              onClick={() => setAsking("credits")}
            >
              {t("admin.do.credits")}
            </Button>
            {user.state === "active" ? (
              <Button
                danger
                icon={CirclePause}
                why={manage}
                whyHidden={money !== manage}
                onClick={() => setAsking("suspend")}
              >
                {t("admin.do.suspend")}
              </Button>
            ) : (
              <Button
                icon={RotateCcw}
                why={manage}
                whyHidden={money !== manage}
                onClick={() => setAsking("reinstate")}
              >
                {t("admin.do.reinstate")}
              </Button>
            )}
            {user.state !== "banned" && (
              <Button
                bare
                icon={Ban}
                className="text-failed"
                why={manage}
                whyHidden={money !== manage}
                onClick={() => setAsking("ban")}
              >
                {t("admin.do.ban")}
              </Button>
            )}
            {manage && money === manage && <span className="hint">{manage}</span>}
          </>
        )
      }
    >
      <Loaded query={query} skeleton={<SkeletonLines label={t("admin.panel.loading")} lines={10} />}>
        {(data) => <Detail user={data} />}
      </Loaded>
      {user && asking !== null && asking !== "credits" && (
        <ReasonDialog
          action={asking}
          user={user}
          busy={setState.isPending}
          error={setState.error && text(setState.error)}
          onClose={() => {
            setAsking(null);
            setState.reset();
          }}
          onAct={(reason) => setState.mutate({ action: asking, reason })}
        />
      )}
      {user && asking === "credits" && (
        <CreditsDialog
          user={user}
          busy={setCredits.isPending}
          error={setCredits.error && text(setCredits.error)}
          onClose={() => {
            setAsking(null);
            setCredits.reset();
            intent.current = newKey();
          }}
          onAct={(micros, reason) => setCredits.mutate({ micros, reason })}
        />
      )}
    </SidePanel>
  );
}

function Detail({ user }: { user: AdminUserDetail }) {
  const t = useT();
  const word = useWord();
  const format = useFormat();
  const facts: [string, ReactNode][] = [
    [t("admin.whatsapp"), user.whatsapp_number ? <CopyId key="w" id={user.whatsapp_number} plain /> : "—"],
    [
      t("admin.telegram"),
      user.telegram_username ? (
        <CopyId key="t" id={`@${user.telegram_username.replace(/^@/, "")}`} plain />
      ) : (
        "—"
      ),
    ],
    [
      t("admin.created"),
      <span key="c">
        <Time at={user.created_at} as="exact" /> · <span className="id">{user.signup_ip}</span>
      </span>,
    ],
    [
      t("admin.last_login"),
      <span key="l">
        <Time at={user.last_login_at} />{" "}
        {user.last_login_ip && <span className="id">{user.last_login_ip}</span>}
      </span>,
    ],
    [t("admin.shop"), user.tenant_state ?? t("admin.shop.none")],
    [t("admin.channels"), format.number(user.channels)],
    [t("admin.credits"), user.balance === null ? "—" : format.credits(user.balance)],
  ];
  if (user.state_reason) facts.push([t("admin.reason"), user.state_reason]);
  const audit = user.audit.map((entry, index): CordStep => {
    const known = Object.keys(AUDIT_SIGN).find((name) => entry.action.includes(name));
    const [tone, icon] = (known && AUDIT_SIGN[known]) || (["wait", Coins] as [Tone, LucideIcon]);
    return {
      key: `${index}`,
      tone,
      icon,
      title: known ? word("admin.audit", known) : entry.action,
      detail: [entry.reason, t("admin.by", { actor: entry.actor })].filter(Boolean).join(", "),
      end: <Time at={entry.at} as="short" />,
    };
  });
  return (
    <>
      <dl className="dl">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Sec level={3} title={t("admin.audit")}>
        {audit.length === 0 ? <p className="mut">{t("admin.audit.none")}</p> : <Cord steps={audit} />}
      </Sec>
      <Sec level={3} title={t("admin.logins")}>
        {user.logins.length === 0 && <p className="mut">{t("admin.logins.none")}</p>}
        <Cord
          steps={user.logins.slice(0, 12).map((login) => ({
            key: login.id,
            tone: login.outcome === "success" ? "done" : "refused",
            ...(login.outcome === "success" && { icon: LogIn }),
            title: t(`account.login.${login.outcome}`),
            detail: (
              <p>
                <span className="id">{login.ip}</span> · {deviceName(login.agent)}
              </p>
            ),
            end: <Time at={login.at} as="short" />,
          }))}
        />
      </Sec>
    </>
  );
}
