import { defineConfig } from "vitest/config";

// One project a folder of test/, each named after what its tests need: `null` runs nothing of the user's, `cpu` executes.
const project = (name, options) => ({
  extends: true,
  test: { name, include: [`test/${name}/**/*.test.ts`], ...options },
});

export default defineConfig({
  test: {
    setupFiles: ["test/support/random-runs.ts"],
    // What comes soon may take a while on a busy machine.
    expect: { poll: { timeout: 10_000 } },
    hookTimeout: 60_000,
    projects: [
      // Tests of these change nothing that others see, so that they share what is loaded.
      project("null", { testTimeout: 30_000, isolate: false }),
      project("cpu", { testTimeout: 120_000, isolate: false }),
      project("webgpu", { testTimeout: 120_000, isolate: false }),
      project("browser", { testTimeout: 120_000 }),
      // One at a time: each has a whole editor of its own.
      project("editor", { testTimeout: 60_000, hookTimeout: 180_000, fileParallelism: false }),
    ],
  },
});
