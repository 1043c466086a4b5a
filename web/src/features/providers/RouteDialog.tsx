// Where a provider's requests go and how they are written: a new group, or a change to one that is there.
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { api, newKey } from "../../api/client";
import type { Id, RouteRow } from "../../api/contract";
import { fieldErrors } from "../../api/problem";
import { useT } from "../../i18n";
import { useFormat, useTenant } from "../../lib/session";
import { Button, Dialog, Field, Refusal, toast } from "../../ui";
import { GroupPicker } from "./GroupPicker";
import type { Named } from "./ProvidersPage";
import { useRefreshProviders } from "./queries";
import {
  DEFAULT_JOIN_MS,
  DEFAULT_PIECE,
  isTopic,
  joinChoices,
  OUR_TEMPLATE,
  pieceOf,
  templateOf,
} from "./style";
import { TemplateField } from "./TemplateField";

export function RouteDialog(props: {
  provider: Named;
  route: RouteRow | null;
  onClose: () => void;
  onBind: () => void;
}) {
  const t = useT();
  const format = useFormat();
  const { tenant } = useTenant();
  const refresh = useRefreshProviders();
  const { provider, route } = props;
  const [chat, setChat] = useState<Id | null>(route?.chat.id ?? null);
  const [topic, setTopic] = useState(route?.topic ?? "");
  const [template, setTemplate] = useState(route?.template ?? OUR_TEMPLATE);
  const [piece, setPiece] = useState(String(route?.piece_size ?? DEFAULT_PIECE));
  const [join, setJoin] = useState(route?.join_ms ?? DEFAULT_JOIN_MS);
  const key = useRef(newKey());
  const path = `/tenants/${tenant}/providers/${provider.id}/routes`;
  const size = pieceOf(piece);
  const save = useMutation({
    mutationFn: () => {
      const style = { template: templateOf(template), piece_size: size, join_ms: join };
      return route
        ? api.patch<RouteRow>(`${path}/${route.id}`, style)
        : api.post<RouteRow>(
            path,
            { chat, ...style, ...(topic.trim() && { topic: topic.trim() }) },
            { idempotencyKey: key.current },
          );
    },
    onSuccess: (saved) => {
      toast(
        t(route ? "providers.route_saved" : "providers.routed", {
          alias: provider.alias,
          title: saved.chat.title,
        }),
      );
      void refresh();
      props.onClose();
    },
    onError: () => {
      key.current = newKey();
    },
  });
  const errors = fieldErrors(save.error);
  const badTopic = !isTopic(topic.trim());
  const why =
    chat === null
      ? t("providers.group_why")
      : size === null
        ? t("providers.piece_why")
        : badTopic
          ? t("providers.topic_why")
          : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!why && !save.isPending) save.mutate();
  };
  return (
    <Dialog
      title={
        route
          ? t("providers.edit_title", { title: route.chat.title })
          : t("providers.route_title", { alias: provider.alias })
      }
      onClose={props.onClose}
    >
      <form onSubmit={submit} className="stack gap-4">
        {!route && (
          // The focus begins here and not in the first field: that would open a phone's keyboard over the groups.
          <p ref={(first) => first?.setAttribute("autofocus", "")} tabIndex={-1} className="two calm-focus">
            {t("providers.becomes")}
          </p>
        )}
        {!route && (
          <GroupPicker value={chat} onChange={setChat} error={errors.chat?.message} onBind={props.onBind} />
        )}
        <TemplateField value={template} onChange={setTemplate} error={errors.template?.message} />
        <div className="grid-2">
          <Field
            label={t("providers.piece")}
            hint={t("providers.piece_hint")}
            error={size === null ? t("providers.piece_why") : errors.piece_size?.message}
          >
            {(control) => (
              <input
                {...control}
                type="number"
                inputMode="numeric"
                min={1}
                max={100}
                value={piece}
                onChange={(event) => setPiece(event.target.value)}
              />
            )}
          </Field>
          <Field label={t("providers.join")} hint={t("providers.join_hint")} error={errors.join_ms?.message}>
            {(control) => (
              <select {...control} value={join} onChange={(event) => setJoin(Number(event.target.value))}>
                {joinChoices(join).map((ms) => (
                  <option key={ms} value={ms}>
                    {ms === 0
                      ? t("providers.join_at_once")
                      : t("providers.seconds", {
                          seconds: format.number(ms / 1000),
                          count: Math.round(ms / 1000),
                        })}
                  </option>
                ))}
              </select>
            )}
          </Field>
          {!route && (
            <Field
              className="full"
              label={t("providers.topic")}
              hint={t("providers.topic_hint")}
              error={badTopic ? t("providers.topic_why") : errors.topic?.message}
            >
              {(control) => (
                <input
                  {...control}
                  dir="ltr"
                  inputMode="numeric"
                  autoComplete="off"
                  value={topic}
                  onChange={(event) => setTopic(event.target.value)}
                />
              )}
            </Field>
          )}
        </div>
        <Refusal error={save.error} besideFields />
        <footer>
          <Button onClick={props.onClose}>{t("common.cancel")}</Button>
          <Button go type="submit" busy={save.isPending} why={why} whyHidden>
            {t(route ? "common.save" : "providers.route_do")}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
