import { useMutation } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { CircleArrowRight, Clock3, MessageSquare, Scale, UserCheck } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { api } from "../../api/client";
import type { Me } from "../../api/contract";
import { isApiError } from "../../api/problem";
import { signedIn } from "../../api/session";
import { T, useT } from "../../i18n";
import { useTitle } from "../../lib/title";
import { Mark } from "../../ui/Brand";
import { Button } from "../../ui/Button";
import { Cord } from "../../ui/Cord";
import { Field, PasswordInput } from "../../ui/Field";
import { Note } from "../../ui/Note";
import { useProblemText } from "../../ui/problem-text";
import { LanguageChoice } from "./LanguageChoice";

export function LoginPage({ to, ended }: { to: string; ended: boolean }) {
  const t = useT();
  const text = useProblemText();
  const router = useRouter();
  const form = useRef<HTMLFormElement>(null);
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState<{ username?: string; password?: string }>({});
  useTitle(t("login.title"));

  const login = useMutation({
    mutationFn: (token: string | undefined) =>
      token
        ? api.post<Me>("/login/link", { token })
        : api.post<Me>("/login", { username: username.trim(), password }),
    onSuccess: (me) => {
      signedIn(me);
      router.history.replace(me.tenants.length === 0 && me.platform && to === "/home" ? "/admin/users" : to);
    },
    onError: () => form.current?.querySelector<HTMLInputElement>("input[name=password]")?.select(),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (login.isPending) return;
    const lacks: typeof missing = {};
    if (username.trim() === "") lacks.username = t("login.need_username");
    if (password === "") lacks.password = t("login.need_password");
    setMissing(lacks);
    const first = Object.keys(lacks)[0];
    if (first) form.current?.querySelector<HTMLInputElement>(`input[name=${first}]`)?.focus();
    else login.mutate(undefined);
  };
  // A one-time link carries its token behind the #, which reaches no log; it is used once, and leaves the address.
  const { mutate } = login;
  useEffect(() => {
    const token = location.hash.slice(1);
    if (!token) return;
    history.replaceState(history.state, "", location.pathname + location.search);
    mutate(token);
  }, [mutate]);
  // Wrong words belong to the field; a closed account or a lost connection to the form.
  const wrong =
    isApiError(login.error) && login.error.code === "login-failed" ? text(login.error) : undefined;

  return (
    <div className="door">
      <main id="main">
        <form ref={form} onSubmit={submit} noValidate>
          <Link className="brand" style={{ padding: 0 }} to="/login">
            <Mark />
            Switchboard
          </Link>
          <h1 className="head2">{t("login.title")}</h1>
          {ended && !login.error && <Note>{t("login.ended")}</Note>}
          {login.error && !wrong && (
            <Note tone={isApiError(login.error) && login.error.status === 403 ? "person" : "failed"} live>
              {text(login.error)}
            </Note>
          )}
          <Field label={t("login.username")} error={missing.username}>
            {(control) => (
              <input
                {...control}
                name="username"
                autoComplete="username"
                autoCapitalize="none"
                spellCheck={false}
                value={username}
                onChange={(event) => setUsername(event.target.value)}
              />
            )}
          </Field>
          <Field
            label={t("login.password")}
            error={missing.password ?? wrong}
            hint={wrong ? undefined : undefined}
          >
            {(control) => (
              <PasswordInput
                control={control}
                name="password"
                autoComplete="current-password"
                value={password}
                onChange={setPassword}
              />
            )}
          </Field>
          <Button go type="submit" busy={login.isPending}>
            {t("login.submit")}
          </Button>
          <p className="two">
            <T id="login.new" parts={{ 0: <Link to="/signup" /> }} />
          </p>
          <p className="hint">{t("login.kept")}</p>
          <LanguageChoice />
        </form>
      </main>
      <aside className="door-aside" aria-label={t("login.demo.label")}>
        <div>
          <div className="demo">
            <Cord
              heading="h2"
              steps={[
                {
                  key: "m",
                  tone: "done",
                  icon: MessageSquare,
                  title: <span className="mono">481799696 refill</span>,
                  end: "14:06:04.118",
                },
                { key: "o", tone: "done", icon: UserCheck, title: t("login.demo.owner"), end: "188.6 ms" },
                { key: "r", tone: "done", icon: Scale, title: t("login.demo.rule"), end: "0.3 ms" },
                {
                  key: "a",
                  tone: "sent",
                  icon: CircleArrowRight,
                  title: t("login.demo.reply"),
                  end: "4.6 ms",
                },
                {
                  key: "e",
                  tone: "wait",
                  icon: Clock3,
                  title: t("login.demo.end"),
                  end: t("login.demo.tomorrow"),
                  next: true,
                },
              ]}
            />
          </div>
          <p className="mut">{t("login.demo.caption")}</p>
        </div>
      </aside>
    </div>
  );
}
