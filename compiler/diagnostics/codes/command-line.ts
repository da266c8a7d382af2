import { error, message } from "../message.js";

const commands = { producedBy: "test/cpu/cli-bad-input.test.ts" } as const;
const changed = { producedBy: "test/null/cli-check-changed.test.ts" } as const;

/** ST71xx: what the command line asks for and cannot have. */
export const commandLineCodes = {
  "unknown-code": error("ST7101", message`No diagnostic is called \`${"text"}\`.${"hint"}`, commands),
  "unknown-schedule": error("ST7102", message`\`${"file"}\` has no schedule \`${"name"}\`.${"hint"}`, commands),
  "no-schedule": error("ST7103", message`\`${"file"}\` has no schedule: there is nothing to ${"verb"}.`, commands),
  "output-not-written": error("ST7104", message`\`${"path"}\` was not written: ${"reason"}.`, commands),
  "unknown-output-form": error(
    "ST7105",
    message`\`${"path"}\`: a timeline is written as ${"forms"}; the name must end in one of them.`,
    commands,
  ),
  "already-there": error("ST7106", message`\`${"path"}\` is already there, and nothing is overwritten.`, commands),
  "unknown-template": error(
    "ST7107",
    message`There is no template \`${"name"}\`: there are ${"known"}.${"hint"}`,
    commands,
  ),
  "not-formatted": error("ST7108", message`\`${"path"}\` is not formatted: run \`stretto fmt ${"path"}\`.`, {
    producedBy: "test/cpu/cli-fmt.test.ts",
  }),
  "opaque-not-run": error(
    "ST7114",
    message`\`${"op"}\` is opaque: it states its cost and no mathematics, so \`${"layer"}\` can be simulated and not run.`,
    commands,
  ),
  "no-device": error(
    "ST7116",
    message`There is no device: ${"reason"}. \`stretto doctor\` says what is here.`,
    commands,
  ),
  "not-a-calibration": error(
    "ST7117",
    message`\`${"path"}\` is of no use to compare with: ${"reason"}. \`stretto calibrate --ranks ${"ranks"} --out ${"path"}\` measures this computer.`,
    commands,
  ),
  "option-of-device": error("ST7118", message`\`${"option"}\` is for \`--device ${"device"}\`.`, commands),
  "option-needs": error("ST7119", message`\`${"option"}\` needs \`${"needed"}\`: ${"reason"}.`, commands),
  "dtype-not-on-device": error(
    "ST7115",
    message`\`${"value"}\` of \`${"layer"}\` is ${"dtype"}, for which WebGPU has no arithmetic: it runs with \`--device cpu\` alone.`,
    commands,
  ),
  "task-name": error(
    "ST7120",
    message`\`${"text"}\` is no name of tasks: write it as \`h\`, \`h on rank 2\`, \`h[3] on rank 2\` (block 3) or \`sent 0 -> 1\`.`,
    commands,
  ),
  "unknown-task": error(
    "ST7121",
    message`Schedule \`${"schedule"}\` has no task \`${"text"}\`: ${"reason"}.${"hint"}`,
    commands,
  ),
  "ambiguous-task": error("ST7122", message`\`${"text"}\` may be a task of ${"known"}: say of which.`, commands),
  "too-large-to-run": error(
    "ST7110",
    message`\`${"layer"}\` ${"what"} to run; the limit is ${"limit"}. Give it smaller sizes: a \`profile small\`, or \`--set\`.`,
    commands,
  ),
  "run-failed": error("ST7111", message`\`${"schedule"}\` did not run: ${"reason"}.`, commands),
  "needs-folder": error(
    "ST7112",
    message`\`--target ${"target"}\` writes several files: say where with \`--out DIR\`.`,
    commands,
  ),
  "option-of-target": error("ST7113", message`\`${"option"}\` is for \`--target ${"target"}\`.`, commands),
  "git-not-found": error(
    "ST7130",
    message`\`--changed\` asks git what changed, and there is no \`git\` on the PATH.`,
    changed,
  ),
  "not-a-repository": error(
    "ST7131",
    message`\`--changed\` compares with a revision, and the folder that the command runs in is in no git repository; git says: ${"reason"}.`,
    changed,
  ),
  "unknown-revision": error("ST7132", message`\`${"revision"}\` is no commit of this repository.${"hint"}`, changed),
  "git-failed": error("ST7133", message`git did not say what changed since \`${"revision"}\`: ${"reason"}.`, changed),
} as const;
