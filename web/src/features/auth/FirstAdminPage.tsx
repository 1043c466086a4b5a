// The one-time link that the first start prints: makes the platform's master admin, once.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { Link2Off } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { api } from "../../api/client";
import type { Me } from "../../api/contract";
import { fieldErrors, isApiError } from "../../api/problem";
import { signedIn } from "../../api/session";
import { useT } from "../../i18n";
import { type Complaint, passwordComplaint } from "../../lib/password";
import "../../styles/panel.css";
import { useTitle } from "../../lib/title";
import { Mark } from "../../ui/Brand";
import { Button } from "../../ui/Button";
import { Empty } from "../../ui/bits";
import { Field, PasswordInput } from "../../ui/Field";
import { Refused } from "../../ui/Loaded";
import { Note } from "../../ui/Note";
import { useFieldText, useProblemText } from "../../ui/problem-text";
import { LanguageChoice } from "./LanguageChoice";
import { complaint } from "./signup";

export function FirstAdminPage({ token }: { token: string }) {
  const t = useT();
  const link = useQuery({
    queryKey: ["setup-link", token],
    queryFn: ({ signal }) =>
      api.get<{ valid: boolean }>(`/setup/${encodeURIComponent(token)}`, undefined, signal),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  useTitle(t("first.title"));
  const used = link.data?.valid === false || (isApiError(link.error) && link.error.status === 404);
  return (
    <main id="main" className="alone" data-shell="platform">
      {used ? (
        <Empty
          icon={Link2Off}
          title={t("first.used.title")}
          action={
            <Link className="btn" to="/login">
              {t("login.title")}
            </Link>
          }
        >
          {t("first.used.text")}
        </Empty>
      ) : link.isError ? (
        <Refused error={link.error} onRetry={() => void link.refetch()} />
      ) : (
        link.data && <FirstAdminForm token={token} />
      )}
    </main>
  );
}

function FirstAdminForm({ token }: { token: string }) {
  const t = useT();
  const problem = useProblemText();
  const fieldText = useFieldText();
  const router = useRouter();
  const form = useRef<HTMLFormElement>(null);
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [found, setFound] = useState<{ username?: Complaint; password?: Complaint }>({});
  const create = useMutation({
    mutationFn: () =>
      api.post<Me>(`/setup/${encodeURIComponent(token)}`, { username: username.trim(), password }),
    onSuccess: (me) => {
      signedIn(me);
      void router.navigate({ to: "/admin/users", replace: true });
    },
  });
  const errors = fieldErrors(create.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (create.isPending) return;
    const name = complaint("username", {
      username,
      password,
      whatsapp_number: "",
      telegram_username: "",
      panel_url: "",
      panel_key: "",
    });
    const pass = passwordComplaint(password, username);
    setFound({ ...(name && { username: name }), ...(pass && { password: pass }) });
    if (name || pass)
      form.current?.querySelector<HTMLElement>(`[name=${name ? "username" : "password"}]`)?.focus();
    else create.mutate();
  };
  const errorOf = (name: "username" | "password") => {
    const about = found[name];
    if (about) return t(about.id, about.values);
    return errors[name] && fieldText(errors[name]);
  };
  return (
    <form ref={form} className="signup first" onSubmit={submit} noValidate>
      <span className="brand p-0">
        <Mark />
        Switchboard
      </span>
      <div className="stack gap-1">
        <h1 className="head2">{t("first.title")}</h1>
        <p className="two">{t("first.about")}</p>
      </div>
      {create.error && Object.keys(errors).length === 0 && (
        <Note tone="failed" live>
          {problem(create.error)}
        </Note>
      )}
      <Field label={t("login.username")} hint={t("signup.hint.username")} error={errorOf("username")}>
        {(control) => (
          <input
            {...control}
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            value={username}
            onChange={(event) => {
              setUsername(event.target.value);
              setFound({});
              create.reset();
            }}
          />
        )}
      </Field>
      <Field label={t("login.password")} hint={t("signup.hint.password")} error={errorOf("password")}>
        {(control) => (
          <PasswordInput
            control={control}
            name="password"
            autoComplete="new-password"
            value={password}
            onChange={(value) => {
              setPassword(value);
              setFound({});
              create.reset();
            }}
          />
        )}
      </Field>
      <Button go type="submit" busy={create.isPending}>
        {t("first.submit")}
      </Button>
      <LanguageChoice />
    </form>
  );
}
