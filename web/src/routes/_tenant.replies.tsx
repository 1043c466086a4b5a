import { createFileRoute } from "@tanstack/react-router";
import { RepliesPage } from "../features/replies/RepliesPage";
import { validateReplies } from "../features/replies/search";

export const Route = createFileRoute("/_tenant/replies")({
  validateSearch: validateReplies,
  component: Replies,
});

function Replies() {
  return <RepliesPage search={Route.useSearch()} />;
}
