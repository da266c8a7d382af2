/** Sizes, and microseconds of each operation of NCCL on eight H100. */
export const measured: readonly {
  readonly name: string;
  readonly bytes: number;
  readonly sendrecv: number;
  readonly allReduce: number;
}[];

export interface AlphaBeta {
  readonly alphaUs: number;
  readonly gigabytesPerSecond: number;
}

/** Least squares of the relative errors of alpha + bytes / beta. */
export function fitAlphaBeta(points: readonly { readonly bytes: number; readonly us: number }[]): AlphaBeta;

export const sendrecvFit: AlphaBeta;
