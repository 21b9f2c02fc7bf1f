import { defineConfig } from "vitest/config";

// One server and one browser for all flows; each flow has people and browser contexts of its own.
export default defineConfig({
  test: {
    include: ["browser/**/*.test.ts"],
    globalSetup: ["browser/server.ts"],
    environment: "node",
    isolate: false,
    fileParallelism: false,
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
});
