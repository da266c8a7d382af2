/** What a view makes, as a window onto the tensors in which it lies. */
import type { BufferAlias, BufferInfo } from "../../graph/execution-plan.js";
import { runsLength } from "../../graph/runs.js";
import type { DeviceTensor } from "./tensors.js";

/**
 * The tensors of a view's result in those of its operand: the same ones, which hold more than the view does, or with a
 * dimension of one index more or less. Undefined where its rows would not be rows of the operand.
 */
export function windowOnto(
  tensors: readonly DeviceTensor[],
  { region, onto }: BufferAlias,
  from: Pick<BufferInfo, "state">,
  to: Pick<BufferInfo, "state">,
): readonly DeviceTensor[] | undefined {
  if ((from.state === undefined) !== (to.state === undefined)) return undefined;
  if (onto === undefined) return tensors;
  if (from.state !== undefined) return undefined;
  const tensor = tensors[0]!;
  const rank = tensor.domain.length;
  const isKept = tensor.domain.map((_, d) => onto.some((dimension) => dimension.from === d));
  if (rank > 1 && isKept.at(-1) === false) return undefined;
  if (onto.length > 1 && onto.at(-1)!.from !== rank - 1) return undefined;
  if (tensor.domain.some((runs, d) => !isKept[d] && runsLength(runs) > 1)) return undefined;
  if (onto.some(({ runs, from: d }) => (d === undefined ? runsLength(runs) > 1 : runs.join() !== region[d]!.join())))
    return undefined;
  let { offset } = tensor;
  tensor.domain.forEach((runs, d) => {
    if (!isKept[d]) offset += runs[0]! * tensor.strides[d]!;
  });
  const strides = onto.map(({ runs, from: d }, at) => {
    if (d !== undefined) return tensor.strides[d]!;
    const stride = at === onto.length - 1 ? 1 : tensor.elements;
    offset -= runs[0]! * stride;
    return stride;
  });
  const domain = onto.map(({ runs, from: d }) => (d === undefined ? runs : tensor.domain[d]!));
  const maps = onto.map(({ from: d }) => (d === undefined ? undefined : tensor.maps[d]));
  return [{ ...tensor, domain, maps, strides, offset }];
}
