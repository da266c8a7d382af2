import { error, message } from "../message.js";

/** In a text, a size of less than 1 is refused before a verb sees it. */
const unwritten = { producedBy: "test/null/diagnostics-unwritten.test.ts" } as const;

/** ST4xxx: what lowering and the verbs of a schedule refuse. */
export const planCodes = {
  // split
  "split-changes-layout": error(
    "ST4001",
    message`Splitting \`${"axis"}\` cuts logical indices, but \`${"value"}\` is divided over \`${"mesh"}\` along it, so the parts would lie on other ranks than the signature says. Say \`split ${"axisAgain"} within ${"meshAgain"}\` to cut each rank's own part.`,
  ),
  "split-not-carried": error(
    "ST4002",
    message`No statement of \`${"layer"}\` has an axis \`${"axis"}\` in its result, so there is nothing to split.`,
  ),
  "split-within-not-divided": error(
    "ST4003",
    message`\`${"axis"}\` is nowhere divided over \`${"mesh"}\` in \`${"layer"}\`, so there is no own part of each rank to cut.`,
  ),
  "split-count": error(
    "ST4004",
    message`A split takes at least 1 and at most ${"most"} parts; this one asks for ${"count"}.`,
  ),
  "split-places": error(
    "ST4005",
    message`\`into ${"count"} at\` is followed by where the parts after the first begin: ${"wanted"} in all, ascending and within the ${"size"} indices that are cut.`,
  ),
  "split-twice": error("ST4006", message`\`${"axis"}\` is split already.`),
  // tile
  "tile-not-an-op": error(
    "ST4011",
    message`\`${"value"}\` is moved by \`${"word"}\`, not computed; tiles are of what ops compute. The blocks of a word are set by \`overlap .. by\`.`,
  ),
  "tile-rank": error("ST4012", message`\`${"value"}\` has ${"axes"} axes, but the tile has ${"sizes"} sizes.`),
  "tile-size": error(
    "ST4013",
    message`A tile's sizes are whole numbers of at least 1; this one is ${"size"}.`,
    unwritten,
  ),
  // overlap
  "overlap-held-by-reduction": error(
    "ST4021",
    message`\`${"consumer"}\` sums over \`${"axis"}\`, so blocks along \`${"axisAgain"}\` release only a partial accumulation: ${"remedy"}.`,
  ),
  "overlap-no-such-axis": error(
    "ST4022",
    message`None of the overlapped values has an axis \`${"axis"}\`; they have ${"axes"}.`,
  ),
  "overlap-grain-not-tiles": error(
    "ST4023",
    message`A grain of ${"grain"} along \`${"axis"}\` is not a union of \`${"value"}\`'s tiles of ${"tile"}: take ${"nearest"}.`,
  ),
  "overlap-unrelated": error(
    "ST4024",
    message`\`${"second"}\` does not need \`${"first"}\`, so there is no barrier between a producer and its consumer to remove.${"instead"}`,
  ),
  "overlap-dependent": error(
    "ST4025",
    message`\`${"second"}\` needs \`${"first"}\`: as independents they cannot overlap. Write \`overlap ${"firstAgain"} -> ${"secondAgain"}\`.`,
  ),
  "overlap-no-word": error(
    "ST4026",
    message`Nothing is moved between ${"values"}, so there is no shard to wait for. Take \`by rows\`, \`by tile\` or blocks along an axis.`,
  ),
  "overlap-grain-size": error("ST4027", message`A grain is at least ${"least"}; this one is ${"size"}.`, unwritten),
  // order
  "order-unrelated": error(
    "ST4031",
    message`\`${"value"}\` and \`${"other"}\` do not need each other, so neither can take its order from the other.`,
  ),
  "order-no-such-axis": error("ST4032", message`\`${"value"}\` has no axis \`${"axis"}\`; it has ${"axes"}.`),
  "order-twice": error("ST4033", message`\`${"value"}\` has an order already.`),
  // priority
  "priority-waits": error("ST4034", message`\`${"value"}\` cannot be issued before \`${"other"}\`: ${"reason"}.`),
  "priority-apart": error(
    "ST4035",
    message`\`${"value"}\` is issued from ${"engine"}, \`${"other"}\` from ${"otherEngine"}: neither stands before the other in a queue.`,
  ),
  // accumulate
  "accumulate-not-reduced": error(
    "ST4041",
    message`\`${"value"}\` does not reduce over \`${"axis"}\`${"reduced"}, so there is nothing to accumulate along it.`,
  ),
  "accumulate-finished": error(
    "ST4042",
    message`\`${"value"}\` is not the bare reduction over \`${"axis"}\`: what is applied to it needs the whole result. Give the reduction a name of its own and accumulate that.`,
  ),
  // fuse
  "fuse-not-possible": error("ST4051", message`\`${"first"}\` .. \`${"last"}\` cannot be one kernel: ${"reason"}.`),
  // use
  "use-no-word": error("ST4061", message`\`${"value"}\` moves nothing between ranks, so no collective applies to it.`),
  "use-no-such-collective": error(
    "ST4062",
    message`There is no collective \`${"collective"}\` for \`${"word"}\`${"known"}.`,
  ),
  "collective-wrong": error(
    "ST4063",
    message`\`${"collective"}\` does not do \`${"word"}\` on ${"size"} ranks: ${"problem"}.`,
  ),
  "collective-size": error(
    "ST4064",
    message`\`${"collective"}\` cannot do \`${"word"}\` on ${"size"} ranks: ${"problem"}.`,
  ),
  "collective-not-held": error(
    "ST4065",
    message`\`${"collective"}\` sends what is not there, on ${"size"} ranks: ${"problem"}.`,
  ),
  "collective-doubled": error(
    "ST4066",
    message`\`${"collective"}\` counts a contribution twice, on ${"size"} ranks: ${"problem"}.`,
  ),
  "collective-delivered-twice": error(
    "ST4067",
    message`\`${"collective"}\` delivers a chunk twice, on ${"size"} ranks: ${"problem"}.`,
  ),
  "collective-unordered": error(
    "ST4068",
    message`\`${"collective"}\` does not keep the order of \`${"monoid"}\`, on ${"size"} ranks: ${"problem"}.`,
  ),
  "collective-misplaced": error(
    "ST4069",
    message`\`${"collective"}\` sends what nobody needs, on ${"size"} ranks: ${"problem"}.`,
  ),
  // run
  "run-no-such-engine": error("ST4071", message`\`${"machine"}\` has no ${"engine"} that could do this${"hint"}.`),
  "run-not-a-word": error(
    "ST4072",
    message`\`${"value"}\` is computed; \`${"engine"}\` can only move. Ops run on \`sms\`.`,
  ),
  "run-sms-range": error(
    "ST4073",
    message`\`${"engine"}(${"amount"})\`: a share is a whole number of 1 to ${"most"} SMs of \`${"machine"}\`'s ${"all"}.`,
  ),
  // keep
  "keep-not-delivered": error(
    "ST4081",
    message`\`${"value"}\` is not a gathered value, so a number of slots has no meaning for it: slots are of the chunks that an all_gather brings.`,
  ),
  "keep-count": error(
    "ST4082",
    message`\`keep\` takes at least ${"least"} slots; this one asks for ${"count"}.`,
    unwritten,
  ),
  "keep-output": error("ST4083", message`\`${"value"}\` is an output of the layer: all of it must stay.`),
  // any verb
  "verb-on-input": error(
    "ST4084",
    message`\`${"value"}\` is an input of the layer: no statement makes it, so \`${"verb"}\` has nothing to act on.`,
  ),
  // limits
  "tier-too-small": error("ST4085", message`What lies in ${"tier"} takes ${"needed"}; it has ${"capacity"}.`),
  "too-many-tasks": error(
    "ST4091",
    message`This schedule is at least ${"tasks"} tasks, more than the ${"limit"} that are planned: take larger tiles or grains.`,
  ),
  "too-many-sms": error(
    "ST4092",
    message`Statements that overlap \`${"value"}\` reserve ${"reserved"} of ${"all"} SMs and leave none for it.`,
  ),
} as const;
