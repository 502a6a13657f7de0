import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const GATEHOUSE = process.env.GATEHOUSE_URL ?? "http://127.0.0.1:8080";

// Few files, each by how often it changes: what a deploy does not touch stays in the browser's cache.
const CHUNKS = [
  {
    name: "framework",
    test: /node_modules[\\/](react|react-dom|react-router|scheduler|@tanstack|openapi-fetch)[\\/]/,
    priority: 10,
  },
  // What every screen uses; a group takes along what it imports, so this one comes before the screens.
  {
    name: "base",
    test: /node_modules[\\/]lucide-react[\\/]|src[\\/](api|components|format|frame|hooks)[\\/]/,
    priority: 9,
  },
  // Before what shows single plots, so that the first page loads none.
  {
    name: "analytics",
    test: /node_modules[\\/](d3-|internmap)|src[\\/](charts|screens[\\/](analytics|trades[\\/]Payoff|jobs[\\/]Backtest(Result|Tables)))/,
    priority: 8,
  },
  { name: "trading", test: /src[\\/]screens[\\/](home|logs|ticket|approvals|trades)[\\/]/, priority: 7 },
  {
    name: "configuration",
    test: /src[\\/]screens[\\/](setup[\\/](?!builder[\\/])|(bots|brokers|settings|jobs)[\\/])/,
    priority: 6,
  },
  {
    // Fetched when a code is shown.
    name: "qr",
    test: /node_modules[\\/]uqr[\\/]|[\\/]QrCode\.tsx/,
    priority: 6,
  },
  {
    name: "builder",
    test: /src[\\/]screens[\\/]setup[\\/]builder[\\/]/,
    priority: 5,
  },
];

// Chunks are put together in an order of their own; which layer wins must not depend on it.
const LAYERS = "@layer tokens,base,components,screens;";

const layerOrder: Plugin = {
  name: "layer-order",
  enforce: "post",
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type === "asset" && file.fileName.endsWith(".css")) {
        file.source = LAYERS + file.source.toString();
      }
    }
  },
};

export default defineConfig({
  plugins: [react(), layerOrder],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    // A data: address would not pass the Content-Security-Policy.
    assetsInlineLimit: 0,
    // One style sheet: small, cached for long, and its order never depends on what was opened first.
    cssCodeSplit: false,
    // Its helper is an inline script in older output; every browser of the target preloads by itself.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: CHUNKS },
        entryFileNames: "assets/[name]-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/auth-url", "/cleanup", "/generate-token", "/health", "/readyz", "/status", "/stop"].map(
        (path) => [path, { target: GATEHOUSE, changeOrigin: false }],
      ),
    ),
  },
  test: {
    environment: "happy-dom",
    setupFiles: ["src/testing/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    pool: "threads",
    isolate: false,
    testTimeout: 20_000,
  },
});
