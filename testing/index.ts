/**
 * `stretto/testing`: schedules in your own tests, under vitest or jest.
 *
 *     import { load } from "stretto/testing";
 *     import "stretto/testing/vitest";
 *
 *     const file = load("moe.stretto");
 *     test("hides its exchange", () => expect(file.schedule("overlap")).toHide(0.85));
 */
export * as arbitraries from "./arbitraries/index.js";
export { StrettoError } from "./error.js";
export { load, loadText } from "./file.js";
export { matchers } from "./matchers.js";
export type { Verdict } from "./matchers.js";
export type {
  Bytes,
  LoadOptions,
  MatchOptions,
  Movement,
  Plan,
  Prediction,
  Run,
  RunOptions,
  ScheduleUnderTest,
  Settings,
  StrettoFile,
  StrettoMatchers,
} from "./types.js";
