import { createFileRoute } from "@tanstack/react-router";
import { SignupPage } from "../features/auth/SignupPage";
import { loadAppMessages } from "../i18n";

export const Route = createFileRoute("/signup")({
  beforeLoad: () => loadAppMessages(),
  component: SignupPage,
});
