// A page's head and body. The title also names the browser's tab.
import { Search } from "lucide-react";
import type { ReactNode } from "react";
import { useT } from "../i18n";
import { useTitle } from "../lib/title";
import { useShell } from "./AppShell";

export function SearchButton({ hint }: { hint?: string }) {
  const t = useT();
  const { openSearch } = useShell();
  return (
    <button type="button" className="find" onClick={openSearch} aria-haspopup="dialog">
      <Search className="i" aria-hidden="true" />
      <span>{hint ?? t("shell.search")}</span>
      <kbd>{hint === undefined ? "Ctrl K" : "/"}</kbd>
    </button>
  );
}

/** `<Top>` alone heads a split list; `<Page>` is the ordinary page: head, then sections under one another. */
export function Top(props: { title: string; about?: ReactNode; actions?: ReactNode; search?: string }) {
  useTitle(props.title);
  return (
    <header className="top">
      <h1>{props.title}</h1>
      {props.about !== undefined && <p>{props.about}</p>}
      <div className="acts">
        <SearchButton {...(props.search !== undefined && { hint: props.search })} />
        {props.actions}
      </div>
    </header>
  );
}

export function Page(props: { title: string; about?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <>
      <Top title={props.title} about={props.about} actions={props.actions} />
      <div className="page">{props.children}</div>
    </>
  );
}
