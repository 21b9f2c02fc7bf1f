import { defineConfig } from "vitest/config";

// `npm run screenshots`: the pictures of docs/vi, from the sample.
export default defineConfig({
  test: { include: ["browser/screenshots.ts"], globalSetup: ["browser/server.ts"], environment: "node", testTimeout: 1_800_000, hookTimeout: 300_000, fileParallelism: false },
});
