import { createFileRoute } from "@tanstack/react-router";
import { validateRoom } from "../features/test-room/search";
import { TestRoomPage } from "../features/test-room/TestRoomPage";

export const Route = createFileRoute("/_tenant/test-room")({
  validateSearch: validateRoom,
  component: TestRoom,
});

function TestRoom() {
  return <TestRoomPage search={Route.useSearch()} />;
}
