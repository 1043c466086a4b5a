import { createFileRoute } from "@tanstack/react-router";
import { ChannelsPage } from "../features/channels/ChannelsPage";
import { compact, str } from "../lib/search";

export const Route = createFileRoute("/_tenant/channels")({
  validateSearch: (search: Record<string, unknown>): { open?: string; after?: string } =>
    compact({ open: str(search.open), after: str(search.after) }),
  component: Channels,
});

function Channels() {
  return <ChannelsPage {...Route.useSearch()} />;
}
