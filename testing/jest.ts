/** `import "stretto/testing/jest"` adds the matchers to jest's global `expect`, and their types to `@types/jest`. */
import { StrettoError } from "./error.js";
import { matchers } from "./matchers.js";
import type { StrettoMatchers } from "./types.js";

const { expect } = globalThis as { readonly expect?: { readonly extend?: (added: typeof matchers) => void } };
if (expect?.extend === undefined)
  throw new StrettoError(
    'There is no global `expect` here: call `expect.extend(matchers)` of "stretto/testing" yourself.',
  );
expect.extend(matchers);

declare global {
  namespace jest {
    interface Matchers<R, T> extends StrettoMatchers<R> {}
  }
}
