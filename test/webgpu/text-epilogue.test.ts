import { expect, test } from "vitest";
import { binary, call, constant, kernel, read, reduce } from "../support/kernel-builder.js";
import { kernelText } from "../support/kernel-text.js";

// A whole kernel to read. Whether it compiles and computes is what other tests ask.

test("relu(0.5 (a b + bias)) on what the lanes of a subgroup share of the left operand, before it is stored", () => {
  const sum = reduce("sum", [2], binary(read(0, 0, 2), "*", read(1, 2, 1)));
  const body = call("max", binary(constant(0.5), "*", binary(sum, "+", read(2, 1))), constant(0));
  const op = kernel(
    2,
    [
      ["i", 64],
      ["j", 64],
      ["k", 64],
    ],
    body,
  );
  const shapes = [[64, 64], [64, 64], [64]];
  const tile = { by: "subgroups", rows: 4, fours: 1, across: 4, down: 1, lanes: 4 } as const;
  expect(kernelText(op, { shapes, traits: { tiles: [{ tile, rate: 1 }] } })).toMatchInlineSnapshot(`
    "// test: 4 rows by 4 columns an invocation, the left operand shared by the lanes of a subgroup.

    enable subgroups;
    diagnostic(off, subgroup_uniformity);

    /// What differs from task to task.
    struct Task {
      column_groups: i32,
      first_group: i32,
      low_of_group: i32,
      low_j_1: i32,
      count_j_1: i32,
      operand2_offset: i32,
      output0_stride0: i32,
      output0_offset: i32,
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
    @group(1) @binding(3) var<storage, read> operand2: array<vec4f>;

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

    fn load_four_operand2(group: i32) -> vec4f {
      return operand2[group];
    }

    /// What the op does with four neighbouring sums.
    fn finish(i_0: i32, four: i32, value: vec4f) {
      if (four >= task.column_groups) { return; }
      let j_1 = 4 * (task.first_group + four) + task.low_of_group;
      let mask = is_among(j_1, task.low_j_1, task.count_j_1);
      let x0 = load_four_operand2((j_1 + task.operand2_offset) >> 2u);
      store_some_result((i_0 * task.output0_stride0 + j_1 + task.output0_offset) >> 2u, max(0.5 * (value + x0), vec4f(0.0)), mask);
    }

    @compute @workgroup_size(4, 1)
    fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
      // A tile of rows, and four neighbouring columns.
      let tile = i32(workgroup.y) + i32(local.y);
      let four = i32(workgroup.x) * 4 + i32(local.x);
      if (tile >= task.tiles) { return; }
      let first = tile * 4;
      let right_start = task.right_start;
      var sum1_0_0 = vec4f();
      var sum1_1_0 = vec4f();
      var sum1_2_0 = vec4f();
      var sum1_3_0 = vec4f();
      let column1_0_0 = four;
      var left1_0 = task.left_start + (first + i32(lane)) * task.left_step;
      var right1 = right_start;
      // Four steps along k at a time: fours of the left rows, four rows of the right columns.
      for (var k = 0; k + 4 <= task.length; k += 4) {
        let own0 = load_four_operand0(left1_0);
        let b0_0 = load_four_operand1(right1 + column1_0_0);
        let b1_0 = load_four_operand1(right1 + task.right_along + column1_0_0);
        let b2_0 = load_four_operand1(right1 + 2 * task.right_along + column1_0_0);
        let b3_0 = load_four_operand1(right1 + 3 * task.right_along + column1_0_0);
        let a0 = subgroupBroadcast(own0, 0);
        let a1 = subgroupBroadcast(own0, 1);
        let a2 = subgroupBroadcast(own0, 2);
        let a3 = subgroupBroadcast(own0, 3);
        sum1_0_0 = fma(vec4f(a0.w), b3_0, fma(vec4f(a0.z), b2_0, fma(vec4f(a0.y), b1_0, fma(vec4f(a0.x), b0_0, sum1_0_0))));
        sum1_1_0 = fma(vec4f(a1.w), b3_0, fma(vec4f(a1.z), b2_0, fma(vec4f(a1.y), b1_0, fma(vec4f(a1.x), b0_0, sum1_1_0))));
        sum1_2_0 = fma(vec4f(a2.w), b3_0, fma(vec4f(a2.z), b2_0, fma(vec4f(a2.y), b1_0, fma(vec4f(a2.x), b0_0, sum1_2_0))));
        sum1_3_0 = fma(vec4f(a3.w), b3_0, fma(vec4f(a3.z), b2_0, fma(vec4f(a3.y), b1_0, fma(vec4f(a3.x), b0_0, sum1_3_0))));
        left1_0 += 1;
        right1 += 4 * task.right_along;
      }
      let sums = array<vec4f, 4>(sum1_0_0, sum1_1_0, sum1_2_0, sum1_3_0);
      for (var number = 0; number < 4; number++) {
        finish(task.low_i_0 + first + number, four, sums[number]);
      }
    }
    "
  `);
});
