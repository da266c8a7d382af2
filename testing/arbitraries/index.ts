/** Arbitraries of fast-check, for properties of schedules that hold on every mesh, routing, machine and size. */
export { machines } from "./machines.js";
export type { ArbitraryMachine } from "./machines.js";
export { meshes } from "./meshes.js";
export type { ArbitraryMesh } from "./meshes.js";
export { parameters } from "./parameters.js";
export { layers, schedules } from "./programs.js";
export type { ArbitraryProgram, ProgramOptions } from "./programs.js";
export { routings } from "./routings.js";
export type { ArbitraryRouting, Range } from "./routings.js";
