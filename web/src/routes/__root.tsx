import { createRootRouteWithContext, Outlet } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { loadAppMessages } from "../i18n";
import type { RouterContext } from "../router";

// Rare, so not in the first load.
const rare = async () => (await Promise.all([import("../shell/NoPage"), loadAppMessages()]))[0];
const NoPage = lazy(async () => ({ default: (await rare()).NoPage }));
const Broken = lazy(async () => ({ default: (await rare()).Broken }));

export const Route = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
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
