import { offerSoftwareAdapter } from "../../runtime/node/software-adapter.js";
import { createNodePool } from "../../runtime/node/workers.js";
import type { RankPool } from "../../runtime/ranks/pool.js";

/** Workers whose devices are software where the machine has no GPU. */
export function devicePool(): RankPool {
  offerSoftwareAdapter();
  return createNodePool();
}
