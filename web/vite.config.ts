import tailwindcss from "@tailwindcss/vite";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { icu } from "./scripts/icu-plugin.ts";

// The server that `npm run dev` speaks to. It takes orders only from its own pages, so the address of this one is put in their place.
const api = process.env["SWITCHBOARD_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [
    tanstackRouter({ target: "react", autoCodeSplitting: true, quoteStyle: "double" }),
    react(),
    tailwindcss(),
    icu(),
  ],
  build: {
    // No inline script and no data: URL, so the page runs under script-src 'self' and style-src 'self'.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    manifest: true,
    reportCompressedSize: false,
  },
  server: {
    port: 5173,
    strictPort: true,
    headers: { "Service-Worker-Allowed": "/" },
    proxy: {
      "/api": { target: api, ws: true, changeOrigin: true, headers: { origin: new URL(api).origin } },
    },
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["./src/test-setup.ts"],
    restoreMocks: true,
  },
});
