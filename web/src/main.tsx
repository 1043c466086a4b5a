import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { setUnauthorizedHandler } from "./api/client";
import { queryClient, setSessionEndHandler, stopLive } from "./api/session";
import { firstLocale, setLocale } from "./i18n";
import { applyTheme, storedTheme } from "./lib/theme";
import { router } from "./router";
import "./styles/app.css";

const OPEN_PAGES = ["/login", "/signup", "/setup/"];

function toLogin() {
  const { pathname, href } = router.state.location;
  if (OPEN_PAGES.some((page) => pathname.startsWith(page))) return;
  stopLive();
  queryClient.clear();
  void router.navigate({ to: "/login", search: { to: href, ended: "1" }, replace: true });
}

setUnauthorizedHandler(toLogin);
setSessionEndHandler(toLogin);

// A tab from before an update asks for parts that are gone: load the new page, but never in a circle.
addEventListener("vite:preloadError", (event) => {
  const last = Number(sessionStorage.getItem("switchboard.reloaded") ?? 0);
  if (Date.now() - last < 30_000) return;
  event.preventDefault();
  sessionStorage.setItem("switchboard.reloaded", String(Date.now()));
  location.reload();
});

async function start() {
  applyTheme(storedTheme());
  if (import.meta.env.MODE === "mock") await (await import("../mock-api/browser")).start();
  await setLocale(firstLocale());
  const root = document.getElementById("root");
  if (!root) throw new Error("index.html has no #root");
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}

void start();
