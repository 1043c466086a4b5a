// A link to a page by its path, for parts that name pages in data. Where the page does not exist or is not allowed,
// the words stay and the link goes.
import { Link, useRouter } from "@tanstack/react-router";
import type { ReactNode } from "react";

export function PageLink(props: {
  to: string;
  search?: Record<string, string>;
  className?: string;
  children: ReactNode;
}) {
  const router = useRouter();
  if (!(props.to in router.routesByPath)) return <span>{props.children}</span>;
  return (
    <Link to={props.to as "/"} search={(props.search ?? {}) as never} className={props.className}>
      {props.children}
    </Link>
  );
}
