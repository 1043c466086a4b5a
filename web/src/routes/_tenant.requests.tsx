import { createFileRoute } from "@tanstack/react-router";
import { validateRequests } from "../features/requests/filters";
import { RequestsPage } from "../features/requests/RequestsPage";

export const Route = createFileRoute("/_tenant/requests")({
  validateSearch: validateRequests,
  component: Requests,
});

function Requests() {
  return <RequestsPage search={Route.useSearch()} />;
}
