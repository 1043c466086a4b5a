// The frame of every signed-in page: rail on the desk, bar at the thumb, one search, a quiet bar when the connection is lost.
// The platform's console is the same frame with another accent and a fixed label.
import { Link, useRouter } from "@tanstack/react-router";
import { ChevronsUpDown, Coins, Ellipsis } from "lucide-react";
import "../styles/panel.css";
import { createContext, type ReactNode, useContext, useState } from "react";
import { useT } from "../i18n";
import { useHotkeys } from "../lib/hooks";
import { useSession } from "../lib/session";
import { Mark } from "../ui/Brand";
import { State } from "../ui/State";
import { Toasts } from "../ui/Toast";
import { LostBar } from "./LostBar";
import { MoreDialog } from "./More";
import { BAR, type NavItem, PLATFORM_NAV, TENANT_NAV, visibleNav } from "./nav";
import { SearchDialog } from "./SearchDialog";
import { useCounts } from "./useCounts";
import { useFoot } from "./useFoot";

const ShellContext = createContext<{ openSearch: () => void; groups: NavItem[][] } | null>(null);

export function useShell() {
  const shell = useContext(ShellContext);
  if (!shell) throw new Error("useShell outside the shell");
  return shell;
}

export function AppShell({ platform, children }: { platform?: boolean; children: ReactNode }) {
  const t = useT();
  const { me, tenant, can } = useSession();
  const router = useRouter();
  const [dialog, setDialog] = useState<"search" | "more" | null>(null);
  const counts = useCounts();
  useHotkeys({ "Mod+k": () => setDialog("search"), "/": () => setDialog("search") });

  const exists = (to: string) => to in router.routesByPath;
  const groups = visibleNav(platform ? PLATFORM_NAV : TENANT_NAV, exists, can);
  const flat = groups.flat();
  const barItems = platform
    ? flat.slice(0, 4)
    : BAR.map((to) => flat.find((item) => item.to === to)).filter((item) => item !== undefined);
  const who = platform || !tenant ? me.account.username : tenant.name;

  return (
    <ShellContext value={{ openSearch: () => setDialog("search"), groups }}>
      <a className="skip" href="#main">
        {t("shell.skip")}
      </a>
      <div className="app" data-shell={platform ? "platform" : undefined}>
        <nav className="rail" aria-label={t("shell.main")}>
          <Link className="brand" to={platform ? "/admin/users" : "/home"}>
            <Mark />
            <span className="w">Switchboard</span>
            {platform && <small>{t("shell.platform")}</small>}
          </Link>
          {groups.map((group) => (
            <ul key={group[0]?.to}>
              {group.map((item) => (
                <li key={item.to}>
                  <NavLink item={item}>
                    <span className="w">{t(item.label)}</span>
                    {item.count && counts[item.count] > 0 && (
                      <span className="n">
                        {counts[item.count]}
                        <span className="vh"> {t("shell.waiting")}</span>
                      </span>
                    )}
                  </NavLink>
                </li>
              ))}
            </ul>
          ))}
          <div className="rail-foot">
            {!platform && tenant && <Foot />}
            <Link
              className="who"
              to="/account"
              data-i={initials(who)}
              activeProps={{ "aria-current": "page" }}
            >
              <span className="w">{who}</span>
              <ChevronsUpDown className="i" aria-hidden="true" />
            </Link>
          </div>
        </nav>
        <main id="main" tabIndex={-1}>
          <LostBar />
          {children}
        </main>
        <nav className="bar" aria-label={t("shell.sections")}>
          {barItems.map((item) => {
            const Icon = item.icon;
            return (
              <NavLink key={item.to} item={item} plain>
                <Icon className="i" aria-hidden="true" />
                {t(item.label)}
                {item.count && counts[item.count] > 0 && (
                  <span className="cnt">
                    {counts[item.count]}
                    <span className="vh"> {t("shell.waiting")}</span>
                  </span>
                )}
              </NavLink>
            );
          })}
          <button type="button" aria-haspopup="dialog" onClick={() => setDialog("more")}>
            <Ellipsis className="i" aria-hidden="true" />
            {t("shell.more")}
          </button>
        </nav>
        <Toasts />
        {dialog === "search" && <SearchDialog groups={groups} onClose={() => setDialog(null)} />}
        {dialog === "more" && <MoreDialog groups={groups} onClose={() => setDialog(null)} />}
      </div>
    </ShellContext>
  );
}

/** Typed links know only the pages that exist; the shell asks the router first, so a plain path is right here. */
export function NavLink({
  item,
  plain,
  children,
  onClick,
}: {
  item: NavItem;
  plain?: boolean;
  children: ReactNode;
  onClick?: () => void;
}) {
  const Icon = item.icon;
  return (
    <Link
      to={item.to as "/"}
      activeProps={{ "aria-current": "page" }}
      activeOptions={{ includeSearch: false }}
      {...(onClick && { onClick })}
    >
      {!plain && <Icon className="i" aria-hidden="true" />}
      {children}
    </Link>
  );
}

/** The two things that stop a shop, on every page. */
function Foot() {
  const foot = useFoot();
  if (!foot) return null;
  return (
    <>
      <NavFoot to="/channels">
        <State tone={foot.channels.tone}>
          <span className="w">{foot.channels.text}</span>
        </State>
      </NavFoot>
      <NavFoot to="/wallet">
        <State tone={foot.credits.tone} icon={Coins}>
          <span className="w">{foot.credits.text}</span>
        </State>
      </NavFoot>
    </>
  );
}

function NavFoot({ to, children }: { to: string; children: ReactNode }) {
  const router = useRouter();
  return to in router.routesByPath ? (
    <Link to={to as "/"}>{children}</Link>
  ) : (
    <span className="foot-fact">{children}</span>
  );
}

export function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? `${words[0]?.[0]}${words[1]?.[0]}` : name.slice(0, 2);
  return letters.toUpperCase();
}
