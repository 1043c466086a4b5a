import { createFileRoute } from "@tanstack/react-router";
import { ChannelsPage, type ChannelsSearch } from "../features/channels/ChannelsPage";
import { compact, oneOf, str } from "../lib/search";

export const Route = createFileRoute("/_tenant/channels")({
  validateSearch: (search: Record<string, unknown>): ChannelsSearch =>
    compact({
      open: str(search.open),
      group: str(search.group),
      q: str(search.q),
      after: str(search.after),
      connect: oneOf(search.connect, ["1"]),
    }),
  component: Channels,
});

function Channels() {
  return <ChannelsPage {...Route.useSearch()} />;
}
