import fc from "fast-check";

// `STRETTO_RUNS=1000 npm run test:long` tries every property that often; one that states its own number keeps it.
const runs = Number(process.env["STRETTO_RUNS"] ?? "");
if (Number.isSafeInteger(runs) && runs > 0) fc.configureGlobal({ numRuns: runs });
