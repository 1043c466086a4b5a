import { createFileRoute } from "@tanstack/react-router";
import { ProvidersPage } from "../features/providers/ProvidersPage";
import { validateProviders } from "../features/providers/search";

export const Route = createFileRoute("/_tenant/providers")({
  validateSearch: validateProviders,
  component: Providers,
});

function Providers() {
  return <ProvidersPage search={Route.useSearch()} />;
}
