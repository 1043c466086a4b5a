import { useMutation } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { KeyRound } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { api } from "../../api/client";
import type { KeyReport, Me, PanelKind, SignUp } from "../../api/contract";
import { fieldErrors } from "../../api/problem";
import { signedIn } from "../../api/session";
import { currentLocale, T, useT } from "../../i18n";
import { browserZone } from "../../lib/format";
import { type Complaint, passwordStrength } from "../../lib/password";
import "../../styles/panel.css";
import { useDebounced } from "../../lib/hooks";
import { useTitle } from "../../lib/title";
import { Mark } from "../../ui/Brand";
import { Button } from "../../ui/Button";
import { Field, PasswordInput } from "../../ui/Field";
import { KeyReportNote } from "../../ui/KeyReportNote";
import { Note } from "../../ui/Note";
import { useFieldText, useProblemText } from "../../ui/problem-text";
import { LanguageChoice } from "./LanguageChoice";
import {
  type AnswerName,
  type Answers,
  complaint,
  complaints,
  normalTelegram,
  normalUrl,
  ORDER,
} from "./signup";

const KINDS: PanelKind[] = ["perfect_panel_admin_v2", "rental_panel_admin_v1", "user_api_v2"];
const TYPING_MS = 500;
const EMPTY: Answers = {
  username: "",
  password: "",
  whatsapp_number: "",
  telegram_username: "",
  panel_url: "",
  panel_key: "",
};

export function SignupPage() {
  const t = useT();
  const problem = useProblemText();
  const fieldText = useFieldText();
  const router = useRouter();
  const form = useRef<HTMLFormElement>(null);
  const [answers, setAnswers] = useState(EMPTY);
  const [kind, setKind] = useState<PanelKind | null>(null);
  const [accepted, setAccepted] = useState(false);
  const [found, setFound] = useState<Partial<Record<AnswerName | "accept_terms", Complaint>>>({});
  /** What the server said, until the answer changes. */
  const [said, setSaid] = useState<Record<string, string>>({});
  useTitle(t("signup.title"));

  const test = useMutation({
    mutationFn: (asked: { panel_url: string; panel_kind: PanelKind | null; panel_key: string }) =>
      api.post<KeyReport>("/signup/check-key", asked),
  });
  const create = useMutation({
    mutationFn: (body: SignUp) => api.post<Me>("/signup", body),
    onSuccess: (me) => {
      signedIn(me);
      void router.navigate({ to: "/home", replace: true });
    },
    onError: (error) => {
      const errors = fieldErrors(error);
      setSaid(Object.fromEntries(Object.values(errors).map((entry) => [entry.field, fieldText(entry)])));
      focusFirst(ORDER.find((name) => errors[name]));
    },
  });

  const focusFirst = (name: string | undefined) => {
    if (name) form.current?.querySelector<HTMLElement>(`[name=${name}]`)?.focus();
  };
  const set = (name: AnswerName, value: string) => {
    setAnswers((before) => ({ ...before, [name]: value }));
    setFound(({ [name]: _gone, ...rest }) => rest);
    setSaid(({ [name]: _gone, ...rest }) => rest);
    if ((name === "panel_url" || name === "panel_key") && test.data) test.reset();
  };
  /** On leaving a field that has something in it: an empty one is not scolded before the end. */
  const leave = (name: AnswerName) => {
    if (answers[name].trim() === "") return;
    const about = complaint(name, answers);
    setFound((before) => {
      const { [name]: _gone, ...rest } = before;
      return about ? { ...rest, [name]: about } : rest;
    });
  };
  const panelReady = complaint("panel_url", answers) === null && complaint("panel_key", answers) === null;
  const runTest = (force: boolean, chosen: PanelKind | null = kind) => {
    if (!panelReady) {
      if (force) {
        const { panel_url, panel_key } = complaints(answers);
        setFound((before) => ({
          ...before,
          ...(panel_url && { panel_url }),
          ...(panel_key && { panel_key }),
        }));
        focusFirst(panel_url ? "panel_url" : "panel_key");
      }
      return;
    }
    if (test.isPending || (!force && test.data)) return;
    test.mutate({
      panel_url: normalUrl(answers.panel_url),
      panel_kind: chosen,
      panel_key: answers.panel_key.trim(),
    });
  };
  // Tested when the typing rests, so that the answer comes while the person is still at the field.
  const quietUrl = useDebounced(answers.panel_url, TYPING_MS);
  const quietKey = useDebounced(answers.panel_key, TYPING_MS);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rested answers are what starts a test
  useEffect(() => {
    if (quietUrl === answers.panel_url && quietKey === answers.panel_key && panelReady) runTest(false);
  }, [quietUrl, quietKey]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (create.isPending) return;
    const all: typeof found = complaints(answers);
    if (!accepted) all.accept_terms = { id: "signup.need.terms" };
    setFound(all);
    const first = [...ORDER, "accept_terms" as const].find((name) => all[name]);
    if (first) {
      focusFirst(first);
      return;
    }
    create.mutate({
      username: answers.username.trim(),
      password: answers.password,
      whatsapp_number: answers.whatsapp_number.trim(),
      telegram_username: normalTelegram(answers.telegram_username),
      panel_url: normalUrl(answers.panel_url),
      panel_kind: kind ?? test.data?.kind ?? null,
      panel_key: answers.panel_key.trim(),
      accept_terms: true,
      locale: currentLocale(),
      time_zone: browserZone(),
    });
  };
  const errorOf = (name: AnswerName | "accept_terms"): string | undefined => {
    const about = found[name];
    return about ? t(about.id, about.values) : said[name];
  };
  const report = test.data;
  const wrongKey = report && (report.state === "wrong_key" || report.state === "customer_key");
  const text = (name: AnswerName, more: React.InputHTMLAttributes<HTMLInputElement>) => ({
    name,
    value: answers[name],
    autoCapitalize: "none",
    spellCheck: false,
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => set(name, event.target.value),
    onBlur: () => leave(name),
    ...more,
  });
  const bars = passwordStrength(answers.password);
  const formError =
    create.error && Object.keys(fieldErrors(create.error)).length === 0 ? problem(create.error) : undefined;

  return (
    <main id="main" className="alone">
      <form ref={form} className="signup" onSubmit={submit} noValidate>
        <div className="row">
          <Link className="brand p-0" to="/login">
            <Mark />
            Switchboard
          </Link>
          <span className="end two">
            <T id="signup.have" parts={{ 0: <Link to="/login" /> }} />
          </span>
        </div>
        <div className="stack gap-1">
          <h1 className="head2">{t("signup.title")}</h1>
          <p className="two">{t("signup.about")}</p>
        </div>
        <fieldset>
          <legend>{t("signup.you")}</legend>
          <Field label={t("login.username")} hint={t("signup.hint.username")} error={errorOf("username")}>
            {(control) => <input {...control} {...text("username", { autoComplete: "username" })} />}
          </Field>
          <Field label={t("login.password")} hint={t("signup.hint.password")} error={errorOf("password")}>
            {(control) => (
              <>
                <PasswordInput
                  control={control}
                  name="password"
                  autoComplete="new-password"
                  value={answers.password}
                  onChange={(value) => set("password", value)}
                  onBlur={() => leave("password")}
                />
                <div className="str" aria-hidden="true">
                  {[1, 2, 3, 4].map((bar) => (
                    <i key={bar} className={bar <= bars ? "f" : undefined} />
                  ))}
                </div>
              </>
            )}
          </Field>
          <Field
            label={t("signup.whatsapp")}
            hint={t("signup.hint.whatsapp")}
            error={errorOf("whatsapp_number")}
          >
            {(control) => (
              <input
                {...control}
                {...text("whatsapp_number", { inputMode: "tel", autoComplete: "tel", placeholder: "+977 …" })}
              />
            )}
          </Field>
          <Field
            label={t("signup.telegram")}
            hint={t("signup.hint.telegram")}
            error={errorOf("telegram_username")}
          >
            {(control) => (
              <input {...control} {...text("telegram_username", { autoComplete: "off", placeholder: "@" })} />
            )}
          </Field>
        </fieldset>
        <fieldset>
          <legend>{t("signup.panel")}</legend>
          <Field
            className="full"
            label={t("signup.url")}
            hint={t("signup.hint.url")}
            error={errorOf("panel_url")}
          >
            {(control) => (
              <input
                {...control}
                {...text("panel_url", {
                  inputMode: "url",
                  autoComplete: "url",
                  placeholder: "https://",
                })}
              />
            )}
          </Field>
          <Field
            className="full"
            label={t("signup.key")}
            hint={t("signup.hint.key")}
            error={errorOf("panel_key")}
          >
            {(control) => (
              <div className="with">
                <input
                  {...control}
                  {...text("panel_key", {
                    autoComplete: "off",
                  })}
                  className="input mono"
                />
                <Button busy={test.isPending} onClick={() => runTest(true)}>
                  {test.isPending ? t("signup.testing") : t("signup.test")}
                </Button>
              </div>
            )}
          </Field>
          {/* Keeps its room: what comes must not move the next control away from under a finger. */}
          <div className="full tested" aria-live="polite">
            {!test.isPending && !test.error && !report && (
              <Note icon={KeyRound}>{t("signup.tested_here")}</Note>
            )}
            {test.isPending && <Note>{t("signup.testing_long")}</Note>}
            {test.error && <Note tone="failed">{problem(test.error)}</Note>}
            {report && (
              <KeyReportNote report={report}>
                {report.state !== "ok" && !wrongKey && (
                  <p className="two">{t("signup.saved_all_the_same")}</p>
                )}
              </KeyReportNote>
            )}
          </div>
          {(report?.state === "not_a_panel" || kind !== null) && (
            <Field className="full" label={t("signup.kind")} hint={t("signup.hint.kind")}>
              {(control) => (
                <select
                  {...control}
                  value={kind ?? ""}
                  onChange={(event) => {
                    const chosen = KINDS.find((each) => each === event.target.value) ?? null;
                    setKind(chosen);
                    runTest(true, chosen);
                  }}
                >
                  <option value="">{t("signup.kind.auto")}</option>
                  {KINDS.map((each) => (
                    <option key={each} value={each}>
                      {t(`common.kind.${each}`)}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          )}
        </fieldset>
        <div className="stack gap-3">
          <div>
            <label className="check">
              <input
                type="checkbox"
                name="accept_terms"
                checked={accepted}
                aria-invalid={errorOf("accept_terms") ? true : undefined}
                aria-describedby="terms-note"
                onChange={(event) => {
                  setAccepted(event.target.checked);
                  setFound(({ accept_terms: _gone, ...rest }) => rest);
                  setSaid(({ accept_terms: _gone, ...rest }) => rest);
                }}
              />
              <span>{t("signup.terms")}</span>
            </label>
            <p className="hint err" id="terms-note" aria-live="polite">
              {errorOf("accept_terms")}
            </p>
          </div>
          <p className="hint">{t("signup.kept")}</p>
        </div>
        {formError && (
          <Note tone="failed" live>
            {formError}
          </Note>
        )}
        <Button go type="submit" busy={create.isPending} className="justify-self-start">
          {create.isPending ? t("signup.creating") : t("signup.submit")}
        </Button>
        <LanguageChoice />
      </form>
    </main>
  );
}
