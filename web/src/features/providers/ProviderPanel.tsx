// One provider: what it is called really (asked for, never shown by itself), where its requests go and how they are written.
import { useMutation, useQuery } from "@tanstack/react-query";
import { KeyRound, ListChecks, Plus } from "lucide-react";
import { useState } from "react";
import { api } from "../../api/client";
import type { Id, ProviderRow, RouteRow, Unrouted } from "../../api/contract";
import { useT } from "../../i18n";
import { useFormat, useSession, useTenant } from "../../lib/session";
import { PageLink } from "../../shell/PageLink";
import {
  Button,
  DangerDialog,
  Loaded,
  Note,
  Refusal,
  Sec,
  SidePanel,
  SkeletonLines,
  State,
  Time,
  toast,
} from "../../ui";
import { AliasDialog } from "./AliasDialog";
import type { Named } from "./ProvidersPage";
import { providerQuery, useRefreshProviders } from "./queries";
import { RealNames } from "./RealNames";
import { RouteCard } from "./RouteCard";
import { RouteDialog } from "./RouteDialog";
import { stateOf } from "./style";

export function ProviderPanel(props: {
  id: Id;
  found: Unrouted[];
  onClose: () => void;
  onRoute: (provider: Named) => void;
  onBind: (provider: Named) => void;
}) {
  const t = useT();
  const { tenant } = useTenant();
  const { can } = useSession();
  const query = useQuery(providerQuery(tenant, props.id));
  const provider = query.data;
  const state = provider && stateOf(provider);
  return (
    <SidePanel
      label={provider ? t("providers.panel.label", { alias: provider.alias }) : t("providers.loading")}
      title={provider ? <bdi>{provider.alias}</bdi> : t("providers.alias")}
      onClose={props.onClose}
      actions={
        state && (
          <State tone={state.tone} box>
            {t(state.word)}
          </State>
        )
      }
      footer={provider && can("providers.manage") && <Foot provider={provider} onClose={props.onClose} />}
    >
      <Loaded query={query} skeleton={<SkeletonLines label={t("providers.loading")} lines={10} />}>
        {(row) => <Detail provider={row} {...props} />}
      </Loaded>
    </SidePanel>
  );
}

function Detail(props: {
  provider: ProviderRow;
  found: Unrouted[];
  onRoute: (provider: Named) => void;
  onBind: (provider: Named) => void;
}) {
  const t = useT();
  const format = useFormat();
  const { can } = useSession();
  const { provider } = props;
  const [editing, setEditing] = useState<RouteRow | null>(null);
  const why = can("providers.manage") ? undefined : t("providers.role_why");
  const named = { id: provider.id, alias: provider.alias };
  const waiting = (
    <dd>
      {provider.waiting > 0 ? (
        <PageLink to="/requests" search={{ provider: provider.id }}>
          {t("providers.waiting_count", { count: provider.waiting })}
        </PageLink>
      ) : (
        format.number(0)
      )}
    </dd>
  );
  return (
    <>
      {why && <p className="hint">{why}</p>}
      <dl className="dl">
        <dt>{t("providers.waiting")}</dt>
        {waiting}
        <dt>{t("providers.last_forward")}</dt>
        <dd>
          <Time at={provider.last_forward_at} />
        </dd>
        <RealNames provider={provider} found={props.found} />
      </dl>
      <Sec level={3} title={t("providers.groups")} about={t("providers.groups_about")}>
        {provider.routes.length === 0 ? (
          <p className="two">{t("providers.no_group_text")}</p>
        ) : (
          <div className="stack gap-4">
            {provider.routes.map((route) => (
              <RouteCard
                key={route.id}
                provider={named}
                route={route}
                why={why}
                onEdit={() => setEditing(route)}
              />
            ))}
          </div>
        )}
        <div className="row under">
          <Button
            go={provider.routes.length === 0}
            icon={Plus}
            why={why}
            whyHidden
            onClick={() => props.onRoute(named)}
          >
            {t("providers.choose_group")}
          </Button>
          <Button icon={KeyRound} why={why} whyHidden onClick={() => props.onBind(named)}>
            {t("providers.bind")}
          </Button>
        </div>
        <p className="hint under">{t("providers.bind_hint")}</p>
      </Sec>
      {editing && (
        <RouteDialog provider={named} route={editing} onClose={() => setEditing(null)} onBind={() => {}} />
      )}
    </>
  );
}

function Foot({ provider, onClose }: { provider: ProviderRow; onClose: () => void }) {
  const t = useT();
  const { tenant } = useTenant();
  const refresh = useRefreshProviders();
  const [open, setOpen] = useState<"alias" | "delete" | null>(null);
  const remove = useMutation({
    mutationFn: () => api.delete(`/tenants/${tenant}/providers/${provider.id}`),
    onSuccess: () => {
      toast(t("providers.removed", { alias: provider.alias }));
      onClose();
      void refresh();
    },
  });
  return (
    <>
      <PageLink className="btn" to="/requests" search={{ provider: provider.id, view: "all" }}>
        <ListChecks className="i" aria-hidden="true" />
        {t("providers.see_requests")}
      </PageLink>
      <Button bare onClick={() => setOpen("alias")}>
        {t("providers.rename")}
      </Button>
      <Button danger className="end" onClick={() => setOpen("delete")}>
        {t("providers.remove")}
      </Button>
      {open === "alias" && <AliasDialog provider={provider} onClose={() => setOpen(null)} />}
      {open === "delete" && (
        <DangerDialog
          title={t("providers.remove_title", { alias: provider.alias })}
          keep={t("providers.keep")}
          act={t("providers.remove")}
          busy={remove.isPending}
          error={<Refusal error={remove.error} />}
          onClose={() => setOpen(null)}
          onAct={() => remove.mutate()}
        >
          <ul className="effects">
            <li>{t("providers.remove_groups", { count: provider.routes.length })}</li>
            <li>{t("providers.remove_orders")}</li>
            <li>{t("providers.remove_history")}</li>
          </ul>
          {provider.waiting > 0 && (
            <Note tone="person">
              <p>{t("providers.remove_open", { count: provider.waiting })}</p>
            </Note>
          )}
        </DangerDialog>
      )}
    </>
  );
}
