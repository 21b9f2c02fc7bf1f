import { defineConfig } from "vitest/config";

// One server and one browser for all flows; each flow has people and browser contexts of its own.
export default defineConfig({
  test: {
    include: ["browser/**/*.test.ts"],
    globalSetup: ["browser/server.ts"],
    environment: "node",
    isolate: false,
    fileParallelism: false,
    expect: { poll: { timeout: 60_000 } },
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
