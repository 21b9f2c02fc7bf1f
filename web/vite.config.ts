import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The server that the pages of `npm run dev` talk to.
const server = process.env["CONGVU_WEB"] ?? "http://localhost:8080";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    // The first load is measured by size.mjs; what is over the limit there fails the build.
    chunkSizeWarningLimit: 2000,
    // Fonts and pictures stay files: the content security policy allows no data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": server, "/jmap": { target: server, ws: true }, "/.well-known": server } },
});
