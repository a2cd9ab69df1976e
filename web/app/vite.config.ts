import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { emojiData } from "./emojiData.ts";
import { serviceWorker } from "./serviceWorker.ts";

/** Where a development server forwards what the real one answers itself. */
const server = process.env.AIZUCHI_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), emojiData(), serviceWorker()],
  build: {
    target: "es2022",
    // Small images would become data: addresses; the icons must stay files for
    // the manifest to name them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    // The fixtures that the preview shows.
    fs: { allow: ["../.."] },
    proxy: {
      "/api": server,
      "/config.json": server,
      "/ws": { target: server, ws: true },
    },
  },
  test: {
    environment: "happy-dom",
    setupFiles: ["test/setup.ts"],
    include: ["test/**/*.test.{ts,tsx}"],
    css: { modules: { classNameStrategy: "non-scoped" } },
  },
});
