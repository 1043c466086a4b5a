import { createRootRouteWithContext, Outlet } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import type { RouterContext } from "../router";
import { Toasts } from "../ui/Toast";

// Rare, so not in the first load.
const NoPage = lazy(() => import("../shell/NoPage").then((module) => ({ default: module.NoPage })));
const Broken = lazy(() => import("../shell/NoPage").then((module) => ({ default: module.Broken })));

export const Route = createRootRouteWithContext<RouterContext>()({
  component: () => (
    <>
      <Outlet />
      <Toasts />
    </>
  ),
  notFoundComponent: () => (
    <Suspense>
      <NoPage />
    </Suspense>
  ),
  errorComponent: ({ error, reset }) => (
    <Suspense>
      <Broken error={error} onRetry={reset} />
    </Suspense>
  ),
});
