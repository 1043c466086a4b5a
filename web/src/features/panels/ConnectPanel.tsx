import { useMutation } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { type FormEvent, useId, useRef, useState } from "react";
import { api, newKey } from "../../api/client";
import type { KeyReport, PanelCard, PanelKind } from "../../api/contract";
import { fieldErrors } from "../../api/problem";
import { useT } from "../../i18n";
import { useSession, useTenant } from "../../lib/session";
import { Button, Field, KeyReportNote, Note, SidePanel, toast, useProblemText } from "../../ui";
import { useShowPanel } from "./Card";
import { PaceField } from "./Pace";
import { nameOf } from "./queries";
import { ZoneField } from "./ZoneField";

export const KINDS: PanelKind[] = ["perfect_panel_admin_v2", "rental_panel_admin_v1", "user_api_v2"];

interface Answers {
  url: string;
  name: string;
  key: string;
  kind: PanelKind | null;
  time_zone: string;
  min_gap_ms: number | null;
}

export function ConnectPanel({ onClose }: { onClose: () => void }) {
  const t = useT();
  const text = useProblemText();
  const form = useId();
  const { tenant } = useTenant();
  const { me } = useSession();
  const show = useShowPanel();
  const [answers, setAnswers] = useState<Answers>({
    url: "",
    name: "",
    key: "",
    kind: null,
    time_zone: me.account.time_zone || "UTC",
    min_gap_ms: null,
  });
  const [named, setNamed] = useState(false);
  const [pressed, setPressed] = useState<"test" | "save" | null>(null);
  /** One per contents: a second press or a lost answer never connects twice. */
  const wish = useRef(newKey());
  const test = useMutation({
    mutationFn: () =>
      api.post<KeyReport>(`/tenants/${tenant}/panels/check`, {
        url: answers.url.trim(),
        kind: answers.kind,
        key: answers.key.trim(),
      }),
  });
  const connect = useMutation({
    mutationFn: () => {
      const { min_gap_ms, ...rest } = answers;
      return api.post<PanelCard>(
        `/tenants/${tenant}/panels`,
        {
          ...rest,
          url: rest.url.trim(),
          name: rest.name.trim(),
          key: rest.key.trim(),
          ...(min_gap_ms !== null && { min_gap_ms }),
        },
        { idempotencyKey: wish.current },
      );
    },
    onSuccess: (card) => {
      show(card);
      toast(t("panels.connected", { name: card.name }));
      onClose();
    },
  });
  const set = (change: Partial<Answers>) => {
    wish.current = newKey();
    setAnswers((before) => ({ ...before, ...change }));
    if (connect.isError) connect.reset();
    if (("url" in change || "key" in change || "kind" in change) && !test.isIdle) test.reset();
  };
  const missing = {
    url: answers.url.trim() === "" ? t("panels.need.url") : undefined,
    key: answers.key.trim() === "" ? t("panels.need.key") : undefined,
    name: answers.name.trim() === "" ? t("panels.need.name") : undefined,
  };
  const said = fieldErrors(connect.error ?? test.error);
  const errorOf = (field: "url" | "key" | "name") =>
    (pressed === "save" || (pressed === "test" && field !== "name") ? missing[field] : undefined) ??
    said[field]?.message;
  const failed = connect.error ?? test.error;
  const report = test.data;
  const runTest = () => {
    setPressed("test");
    if (!missing.url && !missing.key && !test.isPending) test.mutate();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setPressed("save");
    if (!missing.url && !missing.key && !missing.name && !connect.isPending) connect.mutate();
  };
  return (
    <SidePanel
      label={t("panels.connect_title")}
      title={t("panels.connect_title")}
      onClose={onClose}
      footer={
        <>
          <Button go type="submit" form={form} busy={connect.isPending}>
            {connect.isPending
              ? t("panels.connecting")
              : report && report.state !== "ok"
                ? t("panels.connect_anyway")
                : t("panels.connect")}
          </Button>
          <Button bare onClick={onClose}>
            {t("common.cancel")}
          </Button>
        </>
      }
    >
      <form id={form} className="stack gap-4" onSubmit={submit} noValidate>
        <Field label={t("panels.url")} hint={t("panels.url_hint")} error={errorOf("url")}>
          {(control) => (
            <input
              {...control}
              inputMode="url"
              autoCapitalize="none"
              autoComplete="off"
              spellCheck={false}
              placeholder="https://"
              value={answers.url}
              onChange={(event) => set({ url: event.target.value })}
              onBlur={() => {
                if (!named) set({ name: nameOf(answers.url) });
              }}
            />
          )}
        </Field>
        <Field label={t("panels.key_new")} hint={t("panels.key_hint")} error={errorOf("key")}>
          {(control) => (
            <div className="with">
              <input
                {...control}
                className="input mono"
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                value={answers.key}
                onChange={(event) => set({ key: event.target.value })}
              />
              <Button busy={test.isPending} onClick={runTest}>
                {test.isPending ? t("panels.testing") : t("panels.test")}
              </Button>
            </div>
          )}
        </Field>
        <div aria-live="polite">
          {test.isPending ? (
            <Note>{t("panels.testing_long")}</Note>
          ) : report ? (
            <KeyReportNote report={report}>
              {report.state !== "ok" && <p className="two">{t("panels.saved_all_the_same")}</p>}
            </KeyReportNote>
          ) : (
            <Note icon={KeyRound}>{t("panels.tested_here")}</Note>
          )}
        </div>
        {(report?.state === "not_a_panel" || answers.kind !== null) && (
          <Field label={t("panels.kind")} hint={t("panels.kind_hint")}>
            {(control) => (
              <select
                {...control}
                value={answers.kind ?? ""}
                onChange={(event) => set({ kind: KINDS.find((each) => each === event.target.value) ?? null })}
              >
                <option value="">{t("panels.kind_auto")}</option>
                {KINDS.map((each) => (
                  <option key={each} value={each}>
                    {t(`common.kind.${each}`)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
        <Field label={t("panels.name")} hint={t("panels.name_hint")} error={errorOf("name")}>
          {(control) => (
            <input
              {...control}
              value={answers.name}
              maxLength={60}
              autoComplete="off"
              onChange={(event) => {
                setNamed(event.target.value !== "");
                set({ name: event.target.value });
              }}
            />
          )}
        </Field>
        <ZoneField
          value={answers.time_zone}
          onChange={(time_zone) => set({ time_zone })}
          error={said.time_zone?.message}
        />
        <PaceField
          auto
          value={answers.min_gap_ms}
          onChange={(min_gap_ms) => set({ min_gap_ms })}
          error={said.min_gap_ms?.message}
        />
        {failed && Object.keys(said).length === 0 && (
          <Note tone="failed" live>
            {text(failed)}
          </Note>
        )}
      </form>
    </SidePanel>
  );
}
