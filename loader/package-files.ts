/** Reads what `compiler/emit/webgpu/package.ts` writes. */
import type { AdapterFacts } from "../compiler/emit/webgpu/adapter-facts.js";
import type { DeviceNeeds, DeviceProgram } from "../compiler/emit/webgpu/program.js";
import { kernelFile, planFiles, shippedFormat } from "../compiler/emit/webgpu/shipped.js";
import type { ShippedSchedule } from "../compiler/emit/webgpu/shipped.js";
import { decodePlain } from "../compiler/graph/plain-data.js";

/** Rejects where the package has no such file. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

export async function readPackage(read: ReadFile): Promise<ShippedSchedule> {
  const [text, bytes] = await Promise.all([read(planFiles.text), read(planFiles.bytes)]);
  const shipped = decodePlain({ text: textOf(text), bytes }) as ShippedSchedule;
  if (shipped.format !== shippedFormat) throw new Error(`${planFiles.text} is of another version of Stretto`);
  return shipped;
}

/** The program that suits an adapter, with its kernels. */
export async function readProgram(
  shipped: ShippedSchedule,
  adapter: AdapterFacts,
  read: ReadFile,
): Promise<DeviceProgram> {
  const suits = adapter.isSoftware ? "software" : "hardware";
  const possible = shipped.programs.filter(({ program: { needs } }) => hasEnough(adapter, needs));
  // On an adapter that none was made for, the last, which needs the least.
  const found = possible.find((each) => each.suits === suits) ?? possible.at(-1) ?? shipped.programs.at(-1)!;
  const kernels = await Promise.all(
    found.program.kernels.map(async (kernel) => {
      return { ...kernel, source: textOf(await read(kernelFile(found.suits, kernel.name))) };
    }),
  );
  return { ...found.program, kernels };
}

function hasEnough(adapter: AdapterFacts, { features, subgroupLanes, workgroupBytes }: DeviceNeeds): boolean {
  const { subgroupMinSize: least, subgroupMaxSize: most } = adapter;
  return (
    features.every((one) => adapter.features.has(one)) &&
    (subgroupLanes === undefined || (least === subgroupLanes && most === subgroupLanes)) &&
    workgroupBytes <= adapter.workgroupBytes
  );
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
