/** The one table of units. A unit is read only right after a number, so `GB` is a name everywhere else. */

export type Dimension = "bytes" | "bits" | "seconds" | "flops" | "bytes/s" | "flops/s" | "share";

export interface Unit {
  /** As it is written. */
  readonly name: string;
  readonly dimension: Dimension;
  /** How many of the dimension's base unit (byte, bit, second, FLOP, byte/s, FLOP/s, 1) one of it is. */
  readonly factor: number;
  readonly doc: string;
}

export const units: readonly Unit[] = [
  { name: "bytes", dimension: "bytes", factor: 1, doc: "A byte." },
  { name: "B", dimension: "bytes", factor: 1, doc: "A byte." },
  { name: "KB", dimension: "bytes", factor: 1e3, doc: "1000 bytes." },
  { name: "MB", dimension: "bytes", factor: 1e6, doc: "1000 KB." },
  { name: "GB", dimension: "bytes", factor: 1e9, doc: "1000 MB." },
  { name: "TB", dimension: "bytes", factor: 1e12, doc: "1000 GB." },
  { name: "KiB", dimension: "bytes", factor: 2 ** 10, doc: "1024 bytes." },
  { name: "MiB", dimension: "bytes", factor: 2 ** 20, doc: "1024 KiB." },
  { name: "GiB", dimension: "bytes", factor: 2 ** 30, doc: "1024 MiB." },
  { name: "TiB", dimension: "bytes", factor: 2 ** 40, doc: "1024 GiB." },
  { name: "bit", dimension: "bits", factor: 1, doc: "A bit." },
  { name: "ns", dimension: "seconds", factor: 1e-9, doc: "A nanosecond." },
  { name: "us", dimension: "seconds", factor: 1e-6, doc: "A microsecond." },
  { name: "ms", dimension: "seconds", factor: 1e-3, doc: "A millisecond." },
  { name: "s", dimension: "seconds", factor: 1, doc: "A second." },
  { name: "FLOP", dimension: "flops", factor: 1, doc: "A floating-point operation." },
  { name: "GFLOP", dimension: "flops", factor: 1e9, doc: "10^9 floating-point operations." },
  { name: "TFLOP", dimension: "flops", factor: 1e12, doc: "10^12 floating-point operations." },
  { name: "FLOP/s", dimension: "flops/s", factor: 1, doc: "A floating-point operation a second." },
  { name: "GFLOP/s", dimension: "flops/s", factor: 1e9, doc: "10^9 FLOP/s." },
  { name: "TFLOP/s", dimension: "flops/s", factor: 1e12, doc: "10^12 FLOP/s." },
  { name: "PFLOP/s", dimension: "flops/s", factor: 1e15, doc: "10^15 FLOP/s." },
  { name: "B/s", dimension: "bytes/s", factor: 1, doc: "A byte a second." },
  { name: "KB/s", dimension: "bytes/s", factor: 1e3, doc: "1000 bytes a second." },
  { name: "MB/s", dimension: "bytes/s", factor: 1e6, doc: "10^6 bytes a second." },
  { name: "GB/s", dimension: "bytes/s", factor: 1e9, doc: "10^9 bytes a second." },
  { name: "TB/s", dimension: "bytes/s", factor: 1e12, doc: "10^12 bytes a second." },
  { name: "Gb/s", dimension: "bytes/s", factor: 1.25e8, doc: "10^9 bits a second." },
  { name: "%", dimension: "share", factor: 0.01, doc: "A hundredth." },
];

const byName: ReadonlyMap<string, Unit> = new Map(units.map((unit) => [unit.name, unit]));

/** The unit written so, or undefined. */
export function unitNamed(name: string): Unit | undefined {
  return byName.get(name);
}
