import { defineConfig } from "vitest/config";

// One project a folder of test/, each named after what its tests need: `null` runs nothing of the user's, `cpu` executes.
const project = (name, options = {}) => ({ test: { name, include: [`test/${name}/**/*.test.ts`], ...options } });

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [project("null", { testTimeout: 30_000 }), project("cpu", { testTimeout: 120_000 })],
  },
});
