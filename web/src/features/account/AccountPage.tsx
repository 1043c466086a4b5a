import { useQuery } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { signOut } from "../../api/session";
import { readStored, useT, writeStored } from "../../i18n";
import { useNow } from "../../lib/hooks";
import { useSession } from "../../lib/session";
import { Page } from "../../shell/Page";
import { Button } from "../../ui/Button";
import { Note } from "../../ui/Note";
import { Time } from "../../ui/Time";
import { Contacts } from "./Contacts";
import { Logins } from "./Logins";
import { Looks } from "./Looks";
import { Password } from "./Password";
import { loginsQuery } from "./queries";
import { Sessions } from "./Sessions";
import { suspicion } from "./suspicion";

const SEEN = "switchboard.login-seen";

export function AccountPage({ after }: { after: string | undefined }) {
  const t = useT();
  const router = useRouter();
  const { me, tenant } = useSession();
  const [leaving, setLeaving] = useState(false);
  return (
    <Page
      title={t("account.title")}
      about={
        tenant ? t("account.about", { name: me.account.username, shop: tenant.name }) : me.account.username
      }
      actions={
        <Button
          busy={leaving}
          onClick={async () => {
            setLeaving(true);
            await signOut(router);
          }}
        >
          {t("shell.log_out")}
        </Button>
      }
    >
      <Question />
      <div className="duo duo-account">
        <div className="col">
          <Sessions />
          <Logins after={after} />
        </div>
        <div className="col">
          {me.platform && tenant && (
            <p>
              <Link to="/admin/users">{t("account.console")}</Link>
            </p>
          )}
          <Looks />
          <Password />
          <Contacts />
        </div>
      </div>
    </Page>
  );
}

/** Somebody tried: one question, answered with one press. */
function Question() {
  const t = useT();
  const now = useNow();
  const logins = useQuery(loginsQuery(undefined));
  const [seen, setSeen] = useState(() => readStored(SEEN));
  const found = logins.data ? suspicion(logins.data.items, now, seen) : null;
  if (!found) return null;
  const answered = () => {
    writeStored(SEEN, found.latest.id);
    setSeen(found.latest.id);
  };
  return (
    <Note tone="person">
      <div className="row gap-x-4 gap-y-1">
        <p className="flex-1 basis-64">
          <b>
            {t("account.tries", { count: found.count })} <span className="ltr">{found.ip}</span>,{" "}
            <Time at={found.latest.at} />.
          </b>{" "}
          {t("account.tries.question")}
        </p>
        <span className="row">
          <Button onClick={answered}>{t("account.tries.me")}</Button>
          <Button
            onClick={() => {
              answered();
              document.querySelector<HTMLInputElement>("input[name=current]")?.focus();
            }}
          >
            {t("account.tries.not_me")}
          </Button>
        </span>
      </div>
    </Note>
  );
}
