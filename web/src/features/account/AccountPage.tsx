import { useRouter } from "@tanstack/react-router";
import { signOut, useUpdateMe } from "../../api/session";
import { LOCALES, useT } from "../../i18n";
import { zones } from "../../lib/format";
import { useSession } from "../../lib/session";
import { Page } from "../../shell/Page";
import { Button } from "../../ui/Button";
import { Sec, Seg } from "../../ui/bits";
import { Field } from "../../ui/Field";

export function AccountPage(_props: { after: string | undefined }) {
  const t = useT();
  const router = useRouter();
  const { me } = useSession();
  const update = useUpdateMe();
  return (
    <Page
      title={t("account.title")}
      about={me.account.username}
      actions={<Button onClick={() => void signOut(router)}>{t("shell.log_out")}</Button>}
    >
      <Sec title={t("account.looks")}>
        <div className="stack">
          <Seg
            label={t("common.language")}
            value={me.account.locale}
            options={LOCALES.map((locale) => ({ value: locale.id, label: locale.name }))}
            onChange={(locale) => update.mutate({ locale })}
          />
          <Field label={t("account.zone")}>
            {(control) => (
              <select
                {...control}
                value={me.account.time_zone}
                onChange={(event) => update.mutate({ time_zone: event.target.value })}
              >
                {zones().map((zone) => (
                  <option key={zone}>{zone}</option>
                ))}
              </select>
            )}
          </Field>
        </div>
      </Sec>
    </Page>
  );
}
