import { defineConfig } from "vitest/config";

// One project a folder of test/, each named after what its tests need: `null` runs nothing of the user's, `cpu` executes.
const project = (name, options) => ({
  extends: true,
  test: { name, include: [`test/${name}/**/*.test.ts`], ...options },
});

// Tests of these change nothing that others see, so that they share what is loaded.
const shared = { isolate: false };
const atOnce = { ...shared, maxWorkers: 2, sequence: { groupOrder: 0 } };
// Devices and browsers have the computer for themselves: they take all of it, and some of what they do has to be soon.
const alone = { maxWorkers: 1, sequence: { groupOrder: 1 } };

export default defineConfig({
  test: {
    setupFiles: ["test/support/random-runs.ts"],
    // What comes soon may take a while on a busy machine.
    expect: { poll: { timeout: 10_000 } },
    hookTimeout: 60_000,
    projects: [
      project("null", { testTimeout: 60_000, ...atOnce }),
      project("cpu", { testTimeout: 120_000, ...atOnce }),
      project("webgpu", { testTimeout: 120_000, ...alone, ...shared }),
      project("browser", { testTimeout: 120_000, ...alone }),
      // One at a time: each has a whole editor of its own.
      project("editor", { testTimeout: 60_000, hookTimeout: 180_000, fileParallelism: false, ...alone }),
    ],
  },
});
