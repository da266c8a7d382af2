// The figures of NCCL on eight H100 that APEX+ publishes (profile/comm/H100-SXM-80GB), and the fit that the machine of
// bench/reference/nccl.stretto has its link from.
//   node bench/reference/alpha-beta.mjs      prints the fit and what it leaves
// One file, one method: least squares of the relative errors of alpha + bytes / beta over the four sizes of sendrecv, a
// message from one GPU to another. Relative, for the sizes span five decades. The all-reduces are in no fit.
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Bytes, and microseconds of each operation. */
export const measured = [
  { name: "1 KB", bytes: 2 ** 10, sendrecv: 6, allReduce: 15 },
  { name: "1 MB", bytes: 2 ** 20, sendrecv: 12, allReduce: 34 },
  { name: "16 MB", bytes: 2 ** 24, sendrecv: 72, allReduce: 122 },
  { name: "128 MB", bytes: 2 ** 27, sendrecv: 379, allReduce: 597 },
];

/**
 * Minimises sum ((alpha + bytes / beta) / us - 1)^2, which is linear in alpha and 1 / beta.
 *
 * @param {readonly { bytes: number, us: number }[]} points
 * @returns {{ alphaUs: number, gigabytesPerSecond: number }}
 */
export function fitAlphaBeta(points) {
  let [aa, ab, bb, ay, by] = [0, 0, 0, 0, 0];
  for (const { bytes, us } of points) {
    const [a, b] = [1 / us, bytes / us];
    aa += a * a;
    ab += a * b;
    bb += b * b;
    ay += a;
    by += b;
  }
  const determinant = aa * bb - ab * ab;
  const alphaUs = (ay * bb - by * ab) / determinant;
  const usPerByte = (by * aa - ay * ab) / determinant;
  return { alphaUs, gigabytesPerSecond: 1e-3 / usPerByte };
}

export const sendrecvFit = fitAlphaBeta(measured.map(({ bytes, sendrecv }) => ({ bytes, us: sendrecv })));

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { alphaUs, gigabytesPerSecond } = sendrecvFit;
  console.log(`alpha ${alphaUs.toFixed(3)} us, beta ${gigabytesPerSecond.toFixed(2)} GB/s`);
  for (const { name, bytes, sendrecv } of measured) {
    const own = alphaUs + bytes / (gigabytesPerSecond * 1e3);
    console.log(`${name}: ${sendrecv} us, fitted ${own.toFixed(1)} us, ${((own / sendrecv - 1) * 100).toFixed(1)} %`);
  }
}
