/** `import "stretto/testing/vitest"` adds the matchers to vitest's `expect`, and their types. */
import { expect } from "vitest";
import { matchers } from "./matchers.js";
import type { StrettoMatchers } from "./types.js";

expect.extend(matchers);

declare module "vitest" {
  interface Matchers<T> extends StrettoMatchers<void> {}
}
