/** A schedule as a package that runs in any browser and in Node: kernels, plan, loader, page. */
import { encodePlain } from "../../graph/plain-data.js";
import type { EmittedFile } from "../files.js";
import { packageReadme } from "./package-readme.js";
import { kernelFile, planFiles } from "./shipped.js";
import type { ShippedProgram, ShippedSchedule } from "./shipped.js";

/** @param loader the loader's files, which are the same for every schedule */
export function emitPackage(shipped: ShippedSchedule, loader: readonly EmittedFile[]): readonly EmittedFile[] {
  const programs = shipped.programs.map(({ suits, program }): ShippedProgram => {
    const kernels = program.kernels.map((kernel) => ({ ...kernel, source: "" }));
    return { suits, program: { ...program, kernels } };
  });
  const plan = encodePlain({ ...shipped, programs });
  const kernels = shipped.programs.flatMap(({ suits, program }) =>
    program.kernels.map(({ name, source }): EmittedFile => ({ name: kernelFile(suits, name), chunks: [source] })),
  );
  return [
    ...loader,
    { name: planFiles.text, chunks: [plan.text] },
    { name: planFiles.bytes, chunks: [plan.bytes] },
    ...kernels,
    { name: "package.json", chunks: [manifest(shipped)] },
    { name: "README.md", chunks: [packageReadme(shipped)] },
  ];
}

function manifest({ file, schedule }: ShippedSchedule): string {
  const stem = file.replace(/^.*[\\/]/, "").replace(/\.stretto$/, "");
  const name = `${stem}-${schedule}`.toLowerCase().replace(/[^a-z0-9-]+/g, "-");
  const entry = { types: "./index.d.ts", node: "./node.js", default: "./browser.js" };
  const content = {
    name,
    version: "1.0.0",
    private: true,
    description: `${schedule} of ${stem}.stretto, compiled by Stretto for WebGPU`,
    type: "module",
    exports: { ".": entry, "./package.json": "./package.json" },
    types: "./index.d.ts",
    scripts: { start: "node run.js" },
    engines: { node: ">=20.19" },
    dependencies: { webgpu: "^0.6.2" },
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}
