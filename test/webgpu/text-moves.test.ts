import { expect, test } from "vitest";
import { DeviceBench, whole } from "../support/device.js";
import { column, kernel, read, variable } from "../support/kernel-builder.js";
import { kernelText } from "../support/kernel-text.js";
import { smallTable } from "../support/random-kernel.js";

// Whole kernels to read, of ops that move or convert what they read. Whether they compile and compute is what other tests
// ask.

const rows = (count: number) =>
  [
    ["i", count],
    ["j", 32],
  ] as const;

test("rows that a table names: a dispatch of tokens", () => {
  const named = smallTable(4, 8, [
    [0, 5],
    [1, 2],
    [2, 2],
    [3, 7],
  ]);
  const op = kernel(2, rows(4), read(0, column(0, "to", variable(0)), 1));
  expect(kernelText(op, { shapes: [[8, 32]], tables: [named] })).toMatchInlineSnapshot(`
    "// test: four neighbours of the result an invocation.

    /// What differs from task to task.
    struct Task {
      threads: i32,
      groups: i32,
      first_group: i32,
      count_i_0: i32,
      low_i_0: i32,
      low_of_group: i32,
      low_j_1: i32,
      count_j_1: i32,
      to_0: i32,
      operand0_stride0: i32,
      operand0_offset: i32,
      output0_stride0: i32,
      output0_offset: i32,
    }

    @group(0) @binding(0) var<uniform> task: Task;
    @group(0) @binding(1) var<storage, read> tables: array<i32>;
    @group(1) @binding(0) var<storage, read_write> result: array<vec4f>;
    @group(1) @binding(1) var<storage, read> operand0: array<vec4f>;

    /// Which of the indices first .. first + 3 are among low .. low + count - 1.
    fn is_among(first: i32, low: i32, count: i32) -> vec4<bool> {
      let away = vec4i(first - low) + vec4i(0, 1, 2, 3);
      return (away >= vec4i(0)) & (away < vec4i(count));
    }

    fn store_some_result(group: i32, value: vec4f, mask: vec4<bool>) {
      result[group] = select(result[group], value, mask);
    }

    fn load_four_operand0(group: i32) -> vec4f {
      return operand0[group];
    }

    @compute @workgroup_size(64)
    fn main(
      @builtin(workgroup_id) workgroup: vec3u,
      @builtin(num_workgroups) workgroups: vec3u,
      @builtin(local_invocation_index) invocation: u32,
    ) {
      // Four neighbours of the result: their number along the last dimension, and an index of each other one.
      let thread = i32((workgroup.y * workgroups.x + workgroup.x) * 64u + invocation);
      if (thread >= task.threads) { return; }
      let group = task.first_group + thread % task.groups;
      let rest = thread / task.groups;
      let i_0 = task.low_i_0 + rest;
      let j_1 = 4 * group + task.low_of_group;
      let mask = is_among(j_1, task.low_j_1, task.count_j_1);
      let x0 = load_four_operand0((tables[task.to_0 + i_0] * task.operand0_stride0 + j_1 + task.operand0_offset) >> 2u);
      store_some_result((i_0 * task.output0_stride0 + j_1 + task.output0_offset) >> 2u, x0, mask);
    }
    "
  `);
});

test("bf16 to f8e4m3: unpacked, converted and packed bit by bit", () => {
  const op = kernel(2, rows(4), read(0, 0, 1));
  expect(kernelText(op, { shapes: [[4, 32]], dtype: "bf16", resultDtype: "f8e4m3" })).toMatchInlineSnapshot(`
    "// test: four neighbours of the result an invocation.

    /// What differs from task to task.
    struct Task {
      threads: i32,
      groups: i32,
      first_group: i32,
      count_i_0: i32,
      low_i_0: i32,
      low_of_group: i32,
      low_j_1: i32,
      count_j_1: i32,
      operand0_stride0: i32,
      operand0_offset: i32,
      output0_stride0: i32,
      output0_offset: i32,
    }

    @group(0) @binding(0) var<uniform> task: Task;
    @group(1) @binding(0) var<storage, read_write> result: array<u32>;
    @group(1) @binding(1) var<storage, read> operand0: array<vec2u>;

    /// Which of the indices first .. first + 3 are among low .. low + count - 1.
    fn is_among(first: i32, low: i32, count: i32) -> vec4<bool> {
      let away = vec4i(first - low) + vec4i(0, 1, 2, 3);
      return (away >= vec4i(0)) & (away < vec4i(count));
    }

    fn pack_bytes(code: vec4u) -> u32 {
      return code.x | (code.y << 8u) | (code.z << 16u) | (code.w << 24u);
    }

    fn unpack_bytes(w: u32) -> vec4u {
      return vec4u(w & 0xffu, (w >> 8u) & 0xffu, (w >> 16u) & 0xffu, w >> 24u);
    }

    /// f8e4m3 has 4 bits of exponent and 3 of significand.
    fn encode_f8e4m3(v: vec4f) -> vec4u {
      let bits = bitcast<vec4u>(v);
      let size = bits & vec4u(0x7fffffffu);
      let odd = (size >> vec4u(20u)) & vec4u(1u);
      let normal = (size - vec4u(0x3c000000u) + vec4u(0x7ffffu) + odd) >> vec4u(20u);
      let subnormal = bitcast<vec4u>(bitcast<vec4f>(size) + vec4f(16384.0)) - vec4u(0x46800000u);
      var code = select(normal, subnormal, size < vec4u(0x3c800000u));
      code = select(code, vec4u(0x7fu), size > vec4u(0x43e80000u));
      code = select(code, vec4u(0x7fu), size > vec4u(0x7f800000u));
      return code | ((bits >> vec4u(31u)) << vec4u(7u));
    }

    fn decode_f8e4m3(code: vec4u) -> vec4f {
      let size = code & vec4u(0x7fu);
      let normal = bitcast<vec4f>((size << vec4u(20u)) + vec4u(0x3c000000u));
      let subnormal = vec4f(size) * vec4f(0.001953125);
      var value = bitcast<vec4u>(select(normal, subnormal, size < vec4u(8u)));
      value = select(value, vec4u(0x7fc00000u), size == vec4u(0x7fu));
      return bitcast<vec4f>(value | ((code >> vec4u(7u)) << vec4u(31u)));
    }

    fn pack_halves(code: vec4u) -> vec2u {
      return code.xz | (code.yw << vec2u(16u));
    }

    fn unpack_halves(w: vec2u) -> vec4u {
      return vec4u(w.x & 0xffffu, w.x >> 16u, w.y & 0xffffu, w.y >> 16u);
    }

    /// The upper half of an f32, rounded to nearest, ties to even; not a number stays so.
    fn encode_bf16(v: vec4f) -> vec4u {
      let bits = bitcast<vec4u>(v);
      let rounded = (bits + vec4u(0x7fffu) + ((bits >> vec4u(16u)) & vec4u(1u))) >> vec4u(16u);
      return select(rounded, (bits >> vec4u(16u)) | vec4u(0x40u), (bits & vec4u(0x7fffffffu)) > vec4u(0x7f800000u));
    }

    fn decode_bf16(code: vec4u) -> vec4f {
      return bitcast<vec4f>(code << vec4u(16u));
    }

    fn load_four_result(group: i32) -> vec4f {
      return decode_f8e4m3(unpack_bytes(result[group]));
    }

    fn store_four_result(group: i32, value: vec4f) {
      result[group] = pack_bytes(encode_f8e4m3(value));
    }

    fn store_some_result(group: i32, value: vec4f, mask: vec4<bool>) {
      store_four_result(group, select(load_four_result(group), value, mask));
    }

    fn load_four_operand0(group: i32) -> vec4f {
      return decode_bf16(unpack_halves(operand0[group]));
    }

    @compute @workgroup_size(64)
    fn main(
      @builtin(workgroup_id) workgroup: vec3u,
      @builtin(num_workgroups) workgroups: vec3u,
      @builtin(local_invocation_index) invocation: u32,
    ) {
      // Four neighbours of the result: their number along the last dimension, and an index of each other one.
      let thread = i32((workgroup.y * workgroups.x + workgroup.x) * 64u + invocation);
      if (thread >= task.threads) { return; }
      let group = task.first_group + thread % task.groups;
      let rest = thread / task.groups;
      let i_0 = task.low_i_0 + rest;
      let j_1 = 4 * group + task.low_of_group;
      let mask = is_among(j_1, task.low_j_1, task.count_j_1);
      let x0 = load_four_operand0((i_0 * task.operand0_stride0 + j_1 + task.operand0_offset) >> 2u);
      store_some_result((i_0 * task.output0_stride0 + j_1 + task.output0_offset) >> 2u, x0, mask);
    }
    "
  `);
});

test("a region of 16-bit elements copied to where no word begins as it did", () => {
  const bench = new DeviceBench([]);
  const [source, target] = [bench.tensor("bf16", whole(8, 32), []), bench.tensor("bf16", whole(8, 32), [])];
  const region = (first: number) => [Int32Array.of(0, 4), Int32Array.of(first, first + 21)];
  bench.copy({ tensor: source, region: region(2) }, { tensor: target, region: region(5) });
  expect(bench.kernels[0]!.source).toMatchInlineSnapshot(`
    "// Copies a region, four neighbours of the target an invocation.

    /// What differs from task to task.
    struct Task {
      threads: i32,
      groups: i32,
      first_group: i32,
      count0: i32,
      source_start0: i32,
      source_stride0: i32,
      target_start0: i32,
      target_stride0: i32,
      source_offset: i32,
      target_offset: i32,
      target_start1: i32,
      count1: i32,
      shift: i32,
    }

    @group(0) @binding(0) var<uniform> task: Task;
    @group(1) @binding(0) var<storage, read_write> source: array<u32>;
    @group(1) @binding(1) var<storage, read_write> result: array<vec2u>;

    /// Which of the indices first .. first + 3 are among low .. low + count - 1.
    fn is_among(first: i32, low: i32, count: i32) -> vec4<bool> {
      let away = vec4i(first - low) + vec4i(0, 1, 2, 3);
      return (away >= vec4i(0)) & (away < vec4i(count));
    }

    fn fetch(index: i32) -> u32 {
      return (source[index >> 1u] >> (u32(index & 1) * 16u)) & 0xffffu;
    }

    @compute @workgroup_size(64)
    fn main(
      @builtin(workgroup_id) workgroup: vec3u,
      @builtin(num_workgroups) workgroups: vec3u,
      @builtin(local_invocation_index) invocation: u32,
    ) {
      // Four neighbours of the target and the row of the source that they come from.
      let thread = i32((workgroup.y * workgroups.x + workgroup.x) * 64u + invocation);
      if (thread >= task.threads) { return; }
      let group = task.first_group + thread % task.groups;
      let rest = thread / task.groups;
      let place0 = rest;
      let source_row = (task.source_start0 + place0) * task.source_stride0 + task.source_offset;
      let at = (((task.target_start0 + place0) * task.target_stride0 + task.target_offset) >> 2u) + group;
      // Which of the four belong to the region, and their positions in that row.
      let mask = is_among(4 * group, task.target_start1, task.count1);
      let positions = vec4i(4 * group + task.shift) + vec4i(0, 1, 2, 3);
      let value = vec2u(fetch(source_row + positions.x) | (fetch(source_row + positions.y) << 16u), fetch(source_row + positions.z) | (fetch(source_row + positions.w) << 16u));
      // Narrow elements share words: the bits of the others stay.
      let bits = vec2u(select(0u, 0xffffu, mask.x) | select(0u, 0xffff0000u, mask.y), select(0u, 0xffffu, mask.z) | select(0u, 0xffff0000u, mask.w));
      result[at] = (result[at] & ~bits) | (value & bits);
    }
    "
  `);
});
