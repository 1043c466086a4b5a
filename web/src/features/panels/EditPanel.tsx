import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { api } from "../../api/client";
import type { Id, PanelCard } from "../../api/contract";
import { keys } from "../../api/keys";
import { fieldErrors, isApiError } from "../../api/problem";
import { useT } from "../../i18n";
import { useTenant } from "../../lib/session";
import { PageLink } from "../../shell/PageLink";
import {
  Button,
  CopyId,
  DangerDialog,
  Field,
  KeyReportNote,
  Note,
  Refusal,
  Sec,
  SidePanel,
  toast,
  useProblemText,
} from "../../ui";
import { useCheck, useShowPanel } from "./Card";
import { PaceField } from "./Pace";
import { ZoneField } from "./ZoneField";

interface Change {
  name?: string;
  time_zone?: string;
  min_gap_ms?: number;
  key?: string;
}

function useChange(id: Id) {
  const { tenant } = useTenant();
  const show = useShowPanel();
  return useMutation({
    mutationFn: (change: Change) => api.patch<PanelCard>(`/tenants/${tenant}/panels/${id}`, change),
    onSuccess: show,
  });
}

export function EditPanel({ card, onClose }: { card: PanelCard; onClose: () => void }) {
  const t = useT();
  const check = useCheck(card);
  const [leaving, setLeaving] = useState(false);
  return (
    <SidePanel label={card.name} title={card.name} onClose={onClose}>
      <div className="stack gap-3">
        <p className="mut">
          <CopyId id={card.url} plain />
        </p>
        <KeyReportNote report={card.report} />
        <div className="row">
          <Button busy={check.isPending} onClick={() => check.mutate()}>
            {check.isPending ? t("panels.testing") : t("panels.check")}
          </Button>
        </div>
      </div>
      <NewKey card={card} />
      <Details key={`${card.name} ${card.time_zone} ${card.min_gap_ms}`} card={card} />
      <Sec title={t("panels.remove_title")} level={3}>
        <div className="stack">
          <p className="two">{t("panels.remove_about")}</p>
          <div className="row">
            <Button danger onClick={() => setLeaving(true)}>
              {t("panels.remove")}
            </Button>
          </div>
        </div>
      </Sec>
      {leaving && <Remove card={card} onClose={() => setLeaving(false)} onGone={onClose} />}
    </SidePanel>
  );
}

/** A key of the same panel; the old one works until the new one is saved. */
function NewKey({ card }: { card: PanelCard }) {
  const t = useT();
  const text = useProblemText();
  const form = useId();
  const change = useChange(card.id);
  const [key, setKey] = useState("");
  const [pressed, setPressed] = useState(false);
  const said = fieldErrors(change.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setPressed(true);
    if (key.trim() === "" || change.isPending) return;
    change.mutate(
      { key: key.trim() },
      {
        onSuccess: (fresh) => {
          setKey("");
          setPressed(false);
          toast(t("panels.key_saved", { sentence: fresh.report.sentence }));
        },
      },
    );
  };
  return (
    <Sec title={t("panels.replace_key")} level={3}>
      <form id={form} onSubmit={submit} noValidate className="stack">
        <Field
          label={t("panels.key_new")}
          hint={card.key_hint ? t("panels.key_now", { end: card.key_hint }) : t("panels.key_hint")}
          error={pressed && key.trim() === "" ? t("panels.need.key") : said.key?.message}
        >
          {(control) => (
            <div className="with">
              <input
                {...control}
                className="input mono"
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                value={key}
                onChange={(event) => {
                  setKey(event.target.value);
                  if (change.isError) change.reset();
                }}
              />
              <Button type="submit" busy={change.isPending}>
                {change.isPending ? t("panels.testing") : t("panels.save_key")}
              </Button>
            </div>
          )}
        </Field>
        {change.isError && !said.key && (
          <Note tone="failed" live>
            {text(change.error)}
          </Note>
        )}
      </form>
    </Sec>
  );
}

function Details({ card }: { card: PanelCard }) {
  const t = useT();
  const change = useChange(card.id);
  const [name, setName] = useState(card.name);
  const [zone, setZone] = useState(card.time_zone);
  const [gap, setGap] = useState(card.min_gap_ms);
  const said = fieldErrors(change.error);
  const edit: Change = {
    ...(name.trim() !== card.name && { name: name.trim() }),
    ...(zone !== card.time_zone && { time_zone: zone }),
    ...(gap !== card.min_gap_ms && { min_gap_ms: gap }),
  };
  const same = Object.keys(edit).length === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (same || name.trim() === "" || change.isPending) return;
    const before: Change = {
      ...(edit.name !== undefined && { name: card.name }),
      ...(edit.time_zone !== undefined && { time_zone: card.time_zone }),
      ...(edit.min_gap_ms !== undefined && { min_gap_ms: card.min_gap_ms }),
    };
    change.mutate(edit, {
      onSuccess: () => toast(t("panels.saved"), () => change.mutate(before)),
    });
  };
  return (
    <Sec title={t("panels.details")} level={3}>
      <form className="stack gap-4" onSubmit={submit} noValidate>
        <Field
          label={t("panels.name")}
          hint={t("panels.name_hint")}
          error={name.trim() === "" ? t("panels.need.name") : said.name?.message}
        >
          {(control) => (
            <input
              {...control}
              value={name}
              maxLength={60}
              autoComplete="off"
              onChange={(event) => {
                setName(event.target.value);
                if (change.isError) change.reset();
              }}
            />
          )}
        </Field>
        <ZoneField value={zone} onChange={setZone} error={said.time_zone?.message} />
        <PaceField
          value={gap}
          onChange={(ms) => setGap(ms ?? card.min_gap_ms)}
          error={said.min_gap_ms?.message}
        />
        <Refusal error={change.error} besideFields />
        <div className="row">
          <Button
            go={!same}
            type="submit"
            busy={change.isPending}
            why={same ? t("panels.nothing_changed") : undefined}
          >
            {t("common.save")}
          </Button>
        </div>
      </form>
    </Sec>
  );
}

function Remove({ card, onClose, onGone }: { card: PanelCard; onClose: () => void; onGone: () => void }) {
  const t = useT();
  const text = useProblemText();
  const { tenant } = useTenant();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.delete(`/tenants/${tenant}/panels/${card.id}`),
    onSuccess: () => {
      const list = keys.tenant(tenant, "panels");
      client.setQueryData<PanelCard[]>(list, (before) => before?.filter((each) => each.id !== card.id));
      void client.invalidateQueries({ queryKey: list });
      void client.invalidateQueries({ queryKey: keys.tenant(tenant, "home") });
      toast(t("panels.removed", { name: card.name }));
      onGone();
    },
  });
  const inUse = isApiError(remove.error) && remove.error.code === "panel-in-use";
  return (
    <DangerDialog
      title={t("panels.remove_ask", { name: card.name })}
      keep={t("panels.remove_keep")}
      act={t("panels.remove")}
      busy={remove.isPending}
      error={
        remove.isError && (
          <Note tone={inUse ? "person" : "failed"} live>
            <p>{text(remove.error)}</p>
            {inUse && (
              <p className="row">
                <PageLink to="/customers">{t("panels.to_customers")}</PageLink>
                <PageLink to="/requests" search={{ view: "open", panel: card.id }}>
                  {t("panels.to_requests")}
                </PageLink>
              </p>
            )}
          </Note>
        )
      }
      onClose={onClose}
      onAct={() => remove.mutate()}
    >
      <p>{t("panels.remove_text", { count: card.customers })}</p>
      <p className="two">{t("panels.remove_kept")}</p>
    </DangerDialog>
  );
}
