import { createFileRoute } from "@tanstack/react-router";
import { PanelsPage, type PanelsSearch } from "../features/panels/PanelsPage";
import { compact, oneOf, str } from "../lib/search";

export const Route = createFileRoute("/_tenant/panels")({
  validateSearch: (search: Record<string, unknown>): PanelsSearch =>
    compact({ open: str(search.open), connect: oneOf(search.connect, ["1"]) }),
  component: Panels,
});

function Panels() {
  return <PanelsPage {...Route.useSearch()} />;
}
