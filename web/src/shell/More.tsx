// Everything the bar has no room for.
import { Link, useRouter } from "@tanstack/react-router";
import { UserRound } from "lucide-react";
import { useState } from "react";
import { signOut, useUpdateMe } from "../api/session";
import { useT } from "../i18n";
import { useSession } from "../lib/session";
import { Button } from "../ui/Button";
import { Seg } from "../ui/bits";
import { Dialog } from "../ui/Dialog";
import { NavLink } from "./AppShell";
import { BAR, type NavItem } from "./nav";

export function MoreDialog({ groups, onClose }: { groups: NavItem[][]; onClose: () => void }) {
  const t = useT();
  const router = useRouter();
  const { me } = useSession();
  const update = useUpdateMe();
  const [busy, setBusy] = useState(false);
  const items = groups.flat().filter((item) => !BAR.includes(item.to));
  return (
    <Dialog title={t("shell.more_pages")} quietTitle onClose={onClose} className="more">
      <nav className="more-list" aria-label={t("shell.more_pages")}>
        {items.map((item) => (
          <NavLink key={item.to} item={item} onClick={onClose}>
            {t(item.label)}
          </NavLink>
        ))}
        <Link to="/account" onClick={onClose}>
          <UserRound className="i" aria-hidden="true" />
          {t("shell.account")}
        </Link>
      </nav>
      <div className="row">
        <Seg
          label={t("shell.theme")}
          value={me.account.theme}
          options={[
            { value: "system", label: t("shell.theme.system") },
            { value: "light", label: t("shell.theme.light") },
            { value: "dark", label: t("shell.theme.dark") },
          ]}
          onChange={(theme) => update.mutate({ theme })}
        />
        <Button
          bare
          className="end"
          busy={busy}
          onClick={async () => {
            setBusy(true);
            await signOut(router);
          }}
        >
          {t("shell.log_out")}
        </Button>
      </div>
    </Dialog>
  );
}
