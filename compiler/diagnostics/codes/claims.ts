import { error, message } from "../message.js";

const claims = { producedBy: "test/cpu/cli-check.test.ts" } as const;
const orders = { producedBy: "test/cpu/cli-adversary.test.ts" } as const;

const ranges = { producedBy: "test/cpu/cli-check-ranges.test.ts" } as const;

/** ST6xxx: claims that do not hold, of checks and of every plan, each with what was measured against what was claimed. */
export const claimCodes = {
  "result-differs": error(
    "ST6001",
    message`\`${"subject"}\` differs from \`${"layer"}\` by ${"measured"} in \`${"output"}\`; ${"limit"} is ${"asked"}.`,
    claims,
  ),
  "quantity-out-of-limit": error(
    "ST6002",
    message`The ${"quantity"} of \`${"subject"}\` is ${"measured"}; ${"comparison"} ${"limit"} is claimed.`,
    claims,
  ),
  "hides-too-little": error(
    "ST6003",
    message`\`${"subject"}\` hides ${"measured"} of its communication; ${"limit"} is claimed.`,
    claims,
  ),
  "not-faster": error(
    "ST6004",
    message`\`${"subject"}\` is ${"measured"} times as fast as \`${"other"}\`; ${"limit"} times is claimed.`,
    claims,
  ),
  "far-from-bound": error(
    "ST6005",
    message`\`${"subject"}\` takes ${"measured"} times the lower bound (${"setBy"}); ${"limit"} times is claimed.`,
    ranges,
  ),
  counterexample: error(
    "ST6006",
    message`\`${"claim"}\` of \`${"subject"}\` does not hold where ${"settings"}. \`${"command"}\` repeats it.`,
    ranges,
  ),
  "refused-in-range": error(
    "ST6007",
    message`There is no such program where ${"settings"}, which this ranges over. \`${"command"}\` repeats it.`,
    ranges,
  ),
  "order-changes-result": error(
    "ST6008",
    message`\`${"schedule"}\` comes to other bits in another order: \`${"output"}\` on rank ${"rank"}, ${"count"}, with seed ${"seed"}. \`${"command"}\` repeats it.`,
    orders,
  ),
} as const;
