/** A calibration as a machine file. */
import { cpus, totalmem } from "node:os";
import { formatCount } from "../../../compiler/diagnostics/quantities.js";
import { isArithmetic } from "../../../compiler/machine/kernel-rates.js";
import type { KernelRate } from "../../../compiler/machine/model.js";
import type { DeviceCosts } from "../../../runtime/calibrate/device-costs.js";
import type { Calibration } from "./measure.js";

/**
 * What a device costs alone is told to readers only: prediction takes it with what it is part of, dispatches and messages.
 *
 * @param name of the machine
 */
export function machineText(name: string, measured: Calibration, alone: DeviceCosts, date: string): string {
  const { adapter, ranks, dispatchNs, latencyNs, linkBytesPerSecond, kernels } = measured;
  const fastest = (does: KernelRate["does"]): number =>
    Math.max(...kernels.filter((kernel) => kernel.does === does).map(({ perSecond }) => perSecond));
  const cores = cpus();
  const lines = kernels.map(({ does, dtype, rows, columns, depth, parts, perSecond }) => {
    const all = [rows, columns, depth, parts];
    const sizes = all.slice(0, parts > 1 ? 4 : depth > 1 ? 3 : 2).join(" by ");
    return `    kernel ${does} ${dtype} ${sizes} at ${rateText(perSecond, isArithmetic(does) ? "FLOP/s" : "B/s")}\n`;
  });
  return `// Measured by \`stretto calibrate\`, with ${ranks} ranks busy at once: each has its share of the computer.

/// ${adapter}; ${formatCount(cores.length)} cores of ${cores[0]?.model.trim() ?? "an unnamed processor"}; ${date}.
/// Alone, a device copies ${rateText(alone.copyBytesPerSecond, "B/s")}, takes ${rateText(alone.uploadBytesPerSecond, "B/s")} from the host and gives it ${rateText(alone.readbackBytesPerSecond, "B/s")};
/// to wait for it takes ${timeText(alone.synchronisationNs)}.
machine ${name} {
  rank gpu[${ranks}] {
    compute f32 ${rateText(fastest("contraction"), "FLOP/s")} // the fastest of the contractions below
    sms 1
    memory ram ${Math.max(1, Math.floor(totalmem() / ranks / 1e9))} GB at ${rateText(fastest("elementwise"), "B/s")} // a rank's share; the fastest below
    copy engines 1
    dispatch ${timeText(dispatchNs)} // a step of a chain of small ones
${lines.join("")}  }
  link gpu <-> gpu: switch { ${rateText(linkBytesPerSecond, "B/s")} each way, ${timeText(latencyNs)} } // steps of chains of messages, small and large
}
mesh on ${name} { rank: ${ranks} }
`;
}

/** Three digits. */
function rateText(perSecond: number, unit: "FLOP/s" | "B/s"): string {
  return `${Number((perSecond / 1e9).toPrecision(3))} G${unit}`;
}

function timeText(ns: number): string {
  return `${Number((ns / 1e3).toPrecision(3))} us`;
}
