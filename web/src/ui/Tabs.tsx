// Views of one page. Plain links on purpose: the router's own would call every tab current whose search is a part of the address.
import { useRouter } from "@tanstack/react-router";
import type { MouseEvent, ReactNode } from "react";

export interface Tab {
  key: string;
  label: ReactNode;
  current: boolean;
  /** Search params of this view; what is not named here stays as it is, `undefined` goes. */
  search: Record<string, string | undefined>;
  count?: ReactNode;
  /** The count calls for a person. */
  hot?: boolean;
}

export function Tabs(props: { label: string; to: string; current: object; tabs: Tab[] }) {
  const router = useRouter();
  return (
    <nav className="tabs" aria-label={props.label}>
      {props.tabs.map((tab) => {
        const target = { to: props.to, search: { ...props.current, ...tab.search } } as never;
        const go = (event: MouseEvent) => {
          if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
          event.preventDefault();
          void router.navigate(target);
        };
        return (
          <a
            key={tab.key}
            href={router.buildLocation(target).href}
            aria-current={tab.current ? "true" : undefined}
            onClick={go}
          >
            {tab.label}
            {tab.count !== undefined && <span className={tab.hot ? "hot" : undefined}>{tab.count}</span>}
          </a>
        );
      })}
    </nav>
  );
}
