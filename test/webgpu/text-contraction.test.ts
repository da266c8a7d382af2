import { expect, test } from "vitest";
import type { ContractionTile } from "../../compiler/emit/webgpu/contraction/variant.js";
import type { DeviceTraits } from "../../compiler/emit/webgpu/traits.js";
import { matmulKernel } from "../support/kernel-builder.js";
import { kernelText } from "../support/kernel-text.js";

// Whole kernels to read, as small as their kind can be. Whether they compile and compute is what other tests ask.

const by = (tile: ContractionTile): Partial<DeviceTraits> => ({ tiles: [{ tile, rate: 1 }] });
const shapes = [
  [64, 64],
  [64, 64],
];

test("a product in registers: each invocation loads fours of both operands for itself", () => {
  const traits = by({ by: "registers", rows: 2, fours: 1, across: 4, down: 2 });
  expect(kernelText(matmulKernel(64, 64, 64), { shapes, traits })).toMatchInlineSnapshot(`
    "// test: 2 rows by 4 columns an invocation, operands straight from memory.

    /// What differs from task to task.
    struct Task {
      first_group: i32,
      low_of_group: i32,
      low_j_1: i32,
      count_j_1: i32,
      output0_stride0: i32,
      output0_offset: i32,
      column_groups: i32,
      tiles: i32,
      right_start: i32,
      length: i32,
      left_start: i32,
      left_step: i32,
      right_along: i32,
      low_i_0: i32,
    }

    @group(0) @binding(0) var<uniform> task: Task;
    @group(1) @binding(0) var<storage, read_write> result: array<vec4f>;
    @group(1) @binding(1) var<storage, read> operand0: array<vec4f>;
    @group(1) @binding(2) var<storage, read> operand1: array<vec4f>;

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

    fn load_four_operand1(group: i32) -> vec4f {
      return operand1[group];
    }

    /// What the op does with four neighbouring sums.
    fn finish(i_0: i32, four: i32, value: vec4f) {
      let j_1 = 4 * (task.first_group + four) + task.low_of_group;
      let mask = is_among(j_1, task.low_j_1, task.count_j_1);
      store_some_result((i_0 * task.output0_stride0 + j_1 + task.output0_offset) >> 2u, value, mask);
    }

    @compute @workgroup_size(4, 2)
    fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
      // A tile of rows, and four neighbouring columns.
      let tile = i32(workgroup.y) * 2 + i32(local.y);
      let four = i32(workgroup.x) * 4 + i32(local.x);
      if (tile >= task.tiles || four >= task.column_groups) { return; }
      let first = tile * 2;
      let right_start = task.right_start;
      var sum0_0_0 = vec4f();
      var sum0_1_0 = vec4f();
      let column0_0_0 = four;
      var left0_0 = task.left_start + first * task.left_step;
      var left0_1 = task.left_start + (first + 1) * task.left_step;
      var right0 = right_start;
      // Four steps along k at a time: fours of the left rows, four rows of the right columns.
      for (var k = 0; k + 4 <= task.length; k += 4) {
        let a0 = load_four_operand0(left0_0);
        let a1 = load_four_operand0(left0_1);
        let b0_0 = load_four_operand1(right0 + column0_0_0);
        let b1_0 = load_four_operand1(right0 + task.right_along + column0_0_0);
        let b2_0 = load_four_operand1(right0 + 2 * task.right_along + column0_0_0);
        let b3_0 = load_four_operand1(right0 + 3 * task.right_along + column0_0_0);
        sum0_0_0 = fma(vec4f(a0.w), b3_0, fma(vec4f(a0.z), b2_0, fma(vec4f(a0.y), b1_0, fma(vec4f(a0.x), b0_0, sum0_0_0))));
        sum0_1_0 = fma(vec4f(a1.w), b3_0, fma(vec4f(a1.z), b2_0, fma(vec4f(a1.y), b1_0, fma(vec4f(a1.x), b0_0, sum0_1_0))));
        left0_0 += 1;
        left0_1 += 1;
        right0 += 4 * task.right_along;
      }
      let sums = array<vec4f, 2>(sum0_0_0, sum0_1_0);
      for (var number = 0; number < 2; number++) {
        finish(task.low_i_0 + first + number, four, sums[number]);
      }
    }
    "
  `);
});

test("a product of f16 through workgroup memory, accumulated in f32", () => {
  const traits = { ...by({ by: "workgroup", rows: 2, fours: 1, across: 4, down: 4, depth: 8 }), hasF16: true };
  expect(kernelText(matmulKernel(64, 64, 64), { shapes, dtype: "f16", traits })).toMatchInlineSnapshot(`
    "// test: 2 rows by 4 columns an invocation, tiles of the operands in workgroup memory.

    enable f16;

    /// What differs from task to task.
    struct Task {
      column_groups: i32,
      first_group: i32,
      low_of_group: i32,
      low_j_1: i32,
      count_j_1: i32,
      output0_stride0: i32,
      output0_offset: i32,
      right_start: i32,
      rows: i32,
      length: i32,
      left_start: i32,
      left_step: i32,
      right_along: i32,
      low_i_0: i32,
    }

    @group(0) @binding(0) var<uniform> task: Task;
    @group(1) @binding(0) var<storage, read_write> result: array<vec4<f16>>;
    @group(1) @binding(1) var<storage, read> operand0: array<vec4<f16>>;
    @group(1) @binding(2) var<storage, read> operand1: array<vec4<f16>>;

    /// Which of the indices first .. first + 3 are among low .. low + count - 1.
    fn is_among(first: i32, low: i32, count: i32) -> vec4<bool> {
      let away = vec4i(first - low) + vec4i(0, 1, 2, 3);
      return (away >= vec4i(0)) & (away < vec4i(count));
    }

    /// Elements of the left operand, 8 of each of 8 rows, and fours of the right one, 8 rows of 4.
    var<workgroup> left_tile: array<f16, 64>;
    var<workgroup> right_tile: array<vec4<f16>, 32>;

    fn store_some_result(group: i32, value: vec4<f16>, mask: vec4<bool>) {
      result[group] = select(result[group], value, mask);
    }

    fn load_four_operand0(group: i32) -> vec4<f16> {
      return operand0[group];
    }

    fn load_four_operand1(group: i32) -> vec4<f16> {
      return operand1[group];
    }

    /// What the op does with four neighbouring sums.
    fn finish(i_0: i32, four: i32, value: vec4f) {
      if (four >= task.column_groups) { return; }
      let j_1 = 4 * (task.first_group + four) + task.low_of_group;
      let mask = is_among(j_1, task.low_j_1, task.count_j_1);
      store_some_result((i_0 * task.output0_stride0 + j_1 + task.output0_offset) >> 2u, vec4<f16>(value), mask);
    }

    @compute @workgroup_size(4, 4)
    fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
      // A workgroup has a tile of rows and of fours of columns; each of its invocations some of both.
      let tile = i32(workgroup.y);
      let first_four = i32(workgroup.x) * 4;
      let invocation = i32(local.y) * 4 + i32(local.x);
      let first = tile * 8;
      let count = min(8, task.rows - first);
      let right_start = task.right_start;
      var sum_0_0 = vec4f();
      var sum_1_0 = vec4f();
      for (var first_k = 0; first_k < task.length; first_k += 8) {
        // Some steps along k of both operands, loaded together. Beyond the ends there are zeros.
        for (var n = invocation; n < 16; n += 16) {
          let row = n / 2;
          let k = 4 * (n % 2);
          var four = vec4<f16>();
          if (row < count && first_k + k < task.length) { four = load_four_operand0(task.left_start + (first + row) * task.left_step + (first_k + k) / 4); }
          left_tile[k * 8 + row] = four.x;
          left_tile[(k + 1) * 8 + row] = select(f16(0), four.y, first_k + k + 1 < task.length);
          left_tile[(k + 2) * 8 + row] = select(f16(0), four.z, first_k + k + 2 < task.length);
          left_tile[(k + 3) * 8 + row] = select(f16(0), four.w, first_k + k + 3 < task.length);
        }
        for (var n = invocation; n < 32; n += 16) {
          let k = first_k + n / 4;
          let four = first_four + n % 4;
          var value = vec4<f16>();
          if (k < task.length && four < task.column_groups) {
            value = load_four_operand1(right_start + k * task.right_along + four);
          }
          right_tile[n] = value;
        }
        workgroupBarrier();
        // Products of what is there.
        for (var k = 0; k < 8; k++) {
          let b0 = vec4f(right_tile[k * 4 + i32(local.x)]);
          let a0 = f32(left_tile[k * 8 + i32(local.y) * 2]);
          sum_0_0 = fma(vec4f(a0), b0, sum_0_0);
          let a1 = f32(left_tile[k * 8 + i32(local.y) * 2 + 1]);
          sum_1_0 = fma(vec4f(a1), b0, sum_1_0);
        }
        workgroupBarrier();
      }
      let sums = array<vec4f, 2>(sum_0_0, sum_1_0);
      for (var number = 0; number < 2; number++) {
        let own = i32(local.y) * 2 + number;
        if (own >= count) { break; }
        finish(task.low_i_0 + first + own, first_four + i32(local.x), sums[number]);
      }
    }
    "
  `);
});
