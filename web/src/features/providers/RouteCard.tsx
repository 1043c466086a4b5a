import { useMutation } from "@tanstack/react-query";
import { api, newKey } from "../../api/client";
import type { RouteRow } from "../../api/contract";
import { useT } from "../../i18n";
import { useFormat, useTenant } from "../../lib/session";
import { Bubble, Button, Note, toast, useProblemText } from "../../ui";
import type { Named } from "./ProvidersPage";
import { useRefreshProviders } from "./queries";

/** A group and what is written there. It is taken away at once; the toast brings it back as it was. */
export function RouteCard(props: {
  provider: Named;
  route: RouteRow;
  why: string | undefined;
  onEdit: () => void;
}) {
  const t = useT();
  const format = useFormat();
  const text = useProblemText();
  const { tenant } = useTenant();
  const refresh = useRefreshProviders();
  const { route, provider } = props;
  const path = `/tenants/${tenant}/providers/${provider.id}/routes`;
  const back = () => {
    const again = {
      chat: route.chat.id,
      topic: route.topic || undefined,
      template: route.template ?? undefined,
      piece_size: route.piece_size,
      join_ms: route.join_ms,
    };
    api.post(path, again, { idempotencyKey: newKey() }).then(refresh, (problem) => toast(text(problem)));
  };
  const remove = useMutation({
    mutationFn: () => api.delete(`${path}/${route.id}`),
    onSuccess: () =>
      toast(t("providers.route_removed", { title: route.chat.title, alias: provider.alias }), back),
    onError: (error) => toast(text(error)),
    onSettled: refresh,
  });
  const seconds = format.number(route.join_ms / 1000);
  return (
    <article className="route" aria-label={route.chat.title}>
      <header>
        <div className="grow">
          <h4>
            <bdi>{route.chat.title}</bdi>
          </h4>
          <p className="mut sm">
            {t("providers.route_by", { account: route.chat.account })}
            {route.topic && ` · ${t("providers.route_topic", { topic: route.topic })}`}
            {" · "}
            {t("providers.route_piece", { count: route.piece_size })}
            {" · "}
            {route.join_ms === 0
              ? t("providers.join_none")
              : t("providers.join_for", { seconds, count: Math.round(route.join_ms / 1000) })}
          </p>
        </div>
        <Button
          bare
          why={props.why}
          whyHidden
          label={t("providers.edit_route", { title: route.chat.title })}
          onClick={props.onEdit}
        >
          {t("providers.edit")}
        </Button>
        <Button
          bare
          busy={remove.isPending}
          why={props.why}
          whyHidden
          label={t("providers.remove_route", { title: route.chat.title })}
          onClick={() => remove.mutate()}
        >
          {t("providers.take_off")}
        </Button>
      </header>
      {route.chat.lost_reason && (
        <Note tone="failed">
          <p>{t("providers.lost_text", { reason: route.chat.lost_reason })}</p>
        </Note>
      )}
      <div className="chat mini">
        <Bubble>
          <span className="mono">{route.preview}</span>
        </Bubble>
      </div>
    </article>
  );
}
