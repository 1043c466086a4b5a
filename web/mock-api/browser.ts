// The panel without a server: `npm run dev:mock`. Nothing of this is in the build.
import { setupWorker } from "msw/browser";
import workerUrl from "msw/mockServiceWorker.js?url";
import { handlers } from "./handlers";

export async function start() {
  await setupWorker(...handlers).start({
    serviceWorker: { url: workerUrl, options: { scope: "/" } },
    onUnhandledRequest: (request, print) => {
      if (new URL(request.url).pathname.startsWith("/api/")) print.error();
    },
    quiet: true,
  });
}
