import { expect, test } from "vitest";
import { builtIn, functionsOf } from "../../../lsp/completion/functions.js";

test("every function that the compiler knows is described", () => {
  const names = new Set(Object.values(functionsOf).flat());
  expect([...names].filter((name) => builtIn(name) === undefined)).toEqual([]);
});
