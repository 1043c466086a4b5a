import { createFileRoute } from "@tanstack/react-router";
import { FirstAdminPage } from "../features/auth/FirstAdminPage";
import { loadAppMessages } from "../i18n";

export const Route = createFileRoute("/setup/$token")({
  beforeLoad: () => loadAppMessages(),
  component: FirstAdmin,
});

function FirstAdmin() {
  const { token } = Route.useParams();
  return <FirstAdminPage token={token} />;
}
