/** `npm run fuzz`: cases until the time is up, each fault once, made smaller and kept. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createExaminer, type Examiner } from "./examiner.js";
import { figuresOf, runCases, type Fault } from "./run.js";
import { shrink, signatureOf, type Content } from "./shrink.js";

const usage = `npm run fuzz -- [--seconds 60] [--seed N] [--case N] [--dry]
  --seed   the cases of one seed are always the same; another one each time unless given
  --case   only this case of the seed
  --dry    print what is found, and keep nothing
`;

/** @returns the exit code: 0 where nothing was found */
export async function fuzz(args: readonly string[], worker: URL, root: string): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ seconds: { type: "string", default: "60" }, seed: { type: "string" }, case: { type: "string" } },
      ...{ dry: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
    },
  });
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const seconds = Number(values.seconds);
  if (values.help || !Number.isSafeInteger(seed) || !(seconds > 0)) {
    process.stdout.write(usage);
    return values.help ? 0 : 2;
  }
  const examiner = createExaminer(worker, root);
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  write(`seed ${seed}, ${seconds} s`);
  const first = Number(values.case ?? 0);
  const until = performance.now() + seconds * 1000;
  const onFault = async (fault: Fault): Promise<void> => {
    write(`\nseed ${seed} case ${fault.number}, ${fault.made.kind} of ${fault.made.from}\n${fault.failure}`);
    const small = await smaller(examiner, fault);
    write(`---- ${small.length} of ${fault.made.content.length}`);
    write(typeof small === "string" ? JSON.stringify(small) : new TextDecoder().decode(small));
    if (!values.dry) write(`kept as ${keep(root, `seed-${seed}-case-${fault.number}`, small)}`);
  };
  const figures = await runCases(examiner, {
    ...{ seed, first, onFault },
    more: (number) => (values.case === undefined ? performance.now() < until : number === first),
  });
  await examiner.close();
  write(`\n${figuresOf(figures)}`);
  return figures.faults === 0 ? 0 : 1;
}

async function smaller(examiner: Examiner, { made, failure }: Fault): Promise<Content> {
  const wanted = signatureOf(failure);
  const hangs = wanted.startsWith("hang");
  const isWrong = async (content: Content): Promise<boolean> => {
    const examined = await examiner.examine({ content });
    return examined.failure !== undefined && signatureOf(examined.failure) === wanted;
  };
  return shrink(made.content, isWrong, hangs ? 40 : 1500);
}

/** A text that no file can hold is kept as JSON. */
function keep(root: string, name: string, content: Content): string {
  const written = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const broken =
    typeof content === "string" && new TextDecoder("utf-8", { ignoreBOM: true }).decode(written) !== content;
  const path = `test/regressions/${name}.${broken ? "json" : "stretto"}`;
  writeFileSync(join(root, path), broken ? `${JSON.stringify(content)}\n` : content);
  return path;
}
