import { createFileRoute } from "@tanstack/react-router";
import { InboxPage } from "../features/inbox/InboxPage";
import { validateInbox } from "../features/inbox/search";

export const Route = createFileRoute("/_tenant/inbox")({
  validateSearch: validateInbox,
  component: Inbox,
});

function Inbox() {
  return <InboxPage search={Route.useSearch()} />;
}
