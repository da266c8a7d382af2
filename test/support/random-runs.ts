import fc from "fast-check";

// `STRETTO_RUNS=1000 npm run test:long` tries every property that often; one that states its own number keeps it.
// A plain run takes the same cases each time, so that what it says is of the change, not of the draw; long runs draw new
// ones, or those of `STRETTO_SEED`.
const runs = Number(process.env["STRETTO_RUNS"] ?? "");
const long = Number.isSafeInteger(runs) && runs > 0;
if (long) fc.configureGlobal({ numRuns: runs });
const seed = process.env["STRETTO_SEED"] ?? (long ? undefined : "20261121");
if (seed !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
