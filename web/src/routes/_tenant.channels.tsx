import { createFileRoute } from "@tanstack/react-router";
import { ChannelsPage, type ChannelsSearch } from "../features/channels/ChannelsPage";
import { compact, str } from "../lib/search";

export const Route = createFileRoute("/_tenant/channels")({
  validateSearch: (search: Record<string, unknown>): ChannelsSearch =>
    compact({
      open: str(search.open),
      group: str(search.group),
      q: str(search.q),
      after: str(search.after),
    }),
  component: Channels,
});

function Channels() {
  return <ChannelsPage {...Route.useSearch()} />;
}
