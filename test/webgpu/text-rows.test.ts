import { expect, test } from "vitest";
import { kernelText } from "../support/kernel-text.js";
import { binary, call, compare, constant, kernel, read, reduce } from "../support/kernel-builder.js";
import type { ScalarIR } from "../../compiler/check/ir.js";

// Whole kernels to read, of ops whose result's rows each depend on reductions. Whether they compile and compute is what
// other tests ask.

test("x / sqrt(mean of x^2 + 1e-6), a row a workgroup", () => {
  const squares = reduce("sum", [2], binary(read(0, 0, 2), "*", read(0, 0, 2)));
  const mean = binary(binary(squares, "*", constant(1 / 256)), "+", constant(1e-6));
  const op = kernel(
    2,
    [
      ["i", 8],
      ["n", 256],
      ["k", 256],
    ],
    binary(read(0, 0, 1), "/", call("sqrt", mean)),
  );
  expect(kernelText(op, { shapes: [[8, 256]] })).toMatchInlineSnapshot(`
    "// test: a row of the result a workgroup.

    /// What differs from task to task.
    struct Task {
      rows_here: i32,
      count_i_0: i32,
      low_i_0: i32,
      first_group_k_2: i32,
      groups_k_2: i32,
      low_of_group: i32,
      low_k_2: i32,
      count_k_2: i32,
      operand0_stride0: i32,
      operand0_offset: i32,
      first_group: i32,
      groups: i32,
      low_n_1: i32,
      count_n_1: i32,
      output0_stride0: i32,
      output0_offset: i32,
    }

    @group(0) @binding(0) var<uniform> task: Task;
    @group(1) @binding(0) var<storage, read_write> result: array<vec4f>;
    @group(1) @binding(1) var<storage, read> operand0: array<vec4f>;

    /// Which of the indices first .. first + 3 are among low .. low + count - 1.
    fn is_among(first: i32, low: i32, count: i32) -> vec4<bool> {
      let away = vec4i(first - low) + vec4i(0, 1, 2, 3);
      return (away >= vec4i(0)) & (away < vec4i(count));
    }

    /// What each invocation of a row came to.
    var<workgroup> shared_0: array<f32, 8>;

    fn store_some_result(group: i32, value: vec4f, mask: vec4<bool>) {
      result[group] = select(result[group], value, mask);
    }

    fn load_four_operand0(group: i32) -> vec4f {
      return operand0[group];
    }

    @compute @workgroup_size(8)
    fn main(
      @builtin(workgroup_id) workgroup: vec3u,
      @builtin(num_workgroups) workgroups: vec3u,
      @builtin(local_invocation_index) invocation: u32,
    ) {
      // A row of the result: an index of each dimension but the last.
      let row = i32(workgroup.y * workgroups.x + workgroup.x);
      if (row >= task.rows_here) { return; }
      let rest = row;
      let i_0 = task.low_i_0 + rest;
      var s0 = vec4f(0.0);
      // This invocation's share of a reduction.
      for (var four_k_2 = i32(invocation); four_k_2 < task.groups_k_2; four_k_2 += 8) {
        let k_2 = 4 * (task.first_group_k_2 + four_k_2) + task.low_of_group;
        let mask_k_2 = is_among(k_2, task.low_k_2, task.count_k_2);
        let x1 = load_four_operand0((i_0 * task.operand0_stride0 + k_2 + task.operand0_offset) >> 2u);
        let c2 = s0 + (x1 * x1);
        s0 = select(s0, c2, mask_k_2);
      }
      // Its four lanes together, then with the other invocations', half of them at a time.
      let c3 = s0.x + s0.y;
      let c4 = s0.z + s0.w;
      let c5 = c3 + c4;
      shared_0[invocation] = c5;
      workgroupBarrier();
      for (var half = 4u; half > 0u; half /= 2u) {
        if (invocation < half) {
          let c6 = shared_0[invocation] + shared_0[invocation + half];
          shared_0[invocation] = c6;
        }
        workgroupBarrier();
      }
      let row7_0 = shared_0[0];
      workgroupBarrier();
      // The row itself, now that its reductions are known.
      for (var group = task.first_group + i32(invocation); group < task.first_group + task.groups; group += 8) {
        let n_1 = 4 * group + task.low_of_group;
        let mask = is_among(n_1, task.low_n_1, task.count_n_1);
        let x8 = load_four_operand0((i_0 * task.operand0_stride0 + n_1 + task.operand0_offset) >> 2u);
        store_some_result((i_0 * task.output0_stride0 + n_1 + task.output0_offset) >> 2u, x8 / sqrt((row7_0 * 0.00390625) + 9.999999974752427e-7), mask);
      }
    }
    "
  `);
});

test("causal attention, block of keys by block of keys", () => {
  const [s, d, t, k] = [0, 1, 2, 3];
  const score = binary(constant(0.25), "*", reduce("sum", [k], binary(read(0, s, k), "*", read(1, t, k))));
  const body: ScalarIR = {
    ...{ kind: "reduce", monoid: "lse", variables: [t], bodies: [read(2, t, d), score, constant(1)] },
    where: compare(t, "<=", s),
  };
  const op = kernel(
    2,
    [
      ["s", 64],
      ["d", 8],
      ["t", 64],
      ["k", 16],
    ],
    body,
  );
  const shapes = [
    [64, 16],
    [64, 16],
    [64, 8],
  ];
  const traits = {
    worthwhile: { contraction: 0, attention: 0 },
    attention: { rows: 1, fours: 1, across: 2, down: 8 },
  };
  expect(kernelText(op, { shapes, traits })).toMatchInlineSnapshot(`
    "// test: 8 rows a workgroup, 8 keys at a time.

    /// What differs from task to task.
    struct Task {
      column_groups: i32,
      first_group: i32,
      low_of_group: i32,
      low_d_1: i32,
      count_d_1: i32,
      output0_stride0: i32,
      output0_offset: i32,
      tiles: i32,
      tiles_at: i32,
      rows_at: i32,
      blocks_at: i32,
      column_step: i32,
      length: i32,
      value_step: i32,
    }

    @group(0) @binding(0) var<uniform> task: Task;
    @group(0) @binding(1) var<storage, read> tables: array<i32>;
    @group(1) @binding(0) var<storage, read_write> result: array<vec4f>;
    @group(1) @binding(1) var<storage, read> operand0: array<vec4f>;
    @group(1) @binding(2) var<storage, read> operand1: array<vec4f>;
    @group(1) @binding(3) var<storage, read> operand2: array<vec4f>;

    /// Which of the indices first .. first + 3 are among low .. low + count - 1.
    fn is_among(first: i32, low: i32, count: i32) -> vec4<bool> {
      let away = vec4i(first - low) + vec4i(0, 1, 2, 3);
      return (away >= vec4i(0)) & (away < vec4i(count));
    }

    /// Of each row of the tile: weights of a block's keys; and what each invocation of the row found, to agree on.
    var<workgroup> weights: array<vec4f, 16>;
    var<workgroup> greatest: array<f32, 16>;
    var<workgroup> totals: array<f32, 16>;

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

    /// What the op does with four neighbours of a row: o, weighed values; m, greatest score; l, all weights.
    fn finish(s_0: i32, four: i32, o: vec4f, m: f32, l: f32) {
      if (four >= task.column_groups) { return; }
      let d_1 = 4 * (task.first_group + four) + task.low_of_group;
      let group = four + task.first_group;
      let mask = is_among(d_1, task.low_d_1, task.count_d_1);
      let r0 = o / l;
      store_some_result((s_0 * task.output0_stride0 + d_1 + task.output0_offset) >> 2u, r0, mask);
    }

    @compute @workgroup_size(2, 8)
    fn main(
      @builtin(workgroup_id) workgroup: vec3u,
      @builtin(num_workgroups) workgroups: vec3u,
      @builtin(local_invocation_id) local: vec3u,
    ) {
      // A tile of rows, and where the tables have it.
      let tile = i32(workgroup.y * workgroups.x + workgroup.x);
      if (tile >= task.tiles) { return; }
      let entry = task.tiles_at + 6 * tile;
      let first = tables[entry];
      let count = tables[entry + 1];
      let own = i32(local.y);
      let lane = i32(local.x);
      let four = lane;
      // The rows of this invocation: its own indices, and what is known of them after each block of keys.
      let row0 = task.rows_at + 2 * (first + min(own, count - 1));
      let s_0_row0 = tables[row0 + 1];
      var m0 = -3.0000000054977558e+38;
      var l0 = 0.0;
      var o0_0 = vec4f();
      for (var block = tables[entry + 4]; block < tables[entry + 5]; block++) {
        let at_block = task.blocks_at + 4 * block;
        let low_key = tables[at_block];
        let keys_here = tables[at_block + 1];
        // Scores of a block's keys; none of keys that are not there, or that the rows may not see.
        var sum1_0_0 = vec4f();
        let column1_0_0 = 4 * four * task.column_step;
        let column1_0_1 = (4 * four + 1) * task.column_step;
        let column1_0_2 = (4 * four + 2) * task.column_step;
        let column1_0_3 = (4 * four + 3) * task.column_step;
        var left1_0 = tables[task.rows_at + 2 * (first + min(own, count - 1))];
        var right1 = tables[entry + 2] + tables[at_block + 2];
        // Four steps along k at a time: fours of the left rows, four rows of the right columns.
        for (var k = 0; k + 4 <= task.length; k += 4) {
          let a0 = load_four_operand0(left1_0);
          let c0_0 = load_four_operand1(right1 + column1_0_0);
          let c1_0 = load_four_operand1(right1 + column1_0_1);
          let c2_0 = load_four_operand1(right1 + column1_0_2);
          let c3_0 = load_four_operand1(right1 + column1_0_3);
          let b0_0 = vec4f(c0_0.x, c1_0.x, c2_0.x, c3_0.x);
          let b1_0 = vec4f(c0_0.y, c1_0.y, c2_0.y, c3_0.y);
          let b2_0 = vec4f(c0_0.z, c1_0.z, c2_0.z, c3_0.z);
          let b3_0 = vec4f(c0_0.w, c1_0.w, c2_0.w, c3_0.w);
          sum1_0_0 = fma(vec4f(a0.w), b3_0, fma(vec4f(a0.z), b2_0, fma(vec4f(a0.y), b1_0, fma(vec4f(a0.x), b0_0, sum1_0_0))));
          left1_0 += 1;
          right1 += 1;
        }
        let key0 = low_key + 4 * four;
        let there0 = vec4i(4 * four) + vec4i(0, 1, 2, 3) < vec4i(keys_here);
        let mask0_0 = there0 & ((vec4i(key0) + vec4i(0, 1, 2, 3)) <= vec4i(s_0_row0));
        let score0_0 = select(vec4f(-3.0000000054977558e+38), 0.25 * sum1_0_0, mask0_0);
        let top0 = score0_0;
        greatest[own * 2 + lane] = max(max(top0.x, top0.y), max(top0.z, top0.w));
        workgroupBarrier();
        // Weights of those keys, under each row's greatest score so far; what there was decays by how much that rose.
        var next0 = m0;
        next0 = max(next0, greatest[own * 2]);
        next0 = max(next0, greatest[own * 2 + 1]);
        let decay0 = exp(m0 - next0);
        m0 = next0;
        let weight0_0 = select(vec4f(), exp(score0_0 - vec4f(m0)), mask0_0);
        weights[own * 2 + lane] = weight0_0;
        let total0 = weight0_0;
        totals[own * 2 + lane] = (total0.x + total0.y) + (total0.z + total0.w);
        l0 *= decay0;
        o0_0 *= decay0;
        workgroupBarrier();
        l0 += totals[own * 2];
        l0 += totals[own * 2 + 1];
        // The values of those keys, weighed.
        let values = tables[entry + 3] + tables[at_block + 3];
        for (var key = 0; key < keys_here; key += 4) {
          let w0 = weights[own * 2 + (key >> 2u)];
          let at0 = values + min(key, keys_here - 1) * task.value_step;
          let at1 = values + min(key + 1, keys_here - 1) * task.value_step;
          let at2 = values + min(key + 2, keys_here - 1) * task.value_step;
          let at3 = values + min(key + 3, keys_here - 1) * task.value_step;
          let v0_0 = load_four_operand2(at0 + lane);
          let v1_0 = load_four_operand2(at1 + lane);
          let v2_0 = load_four_operand2(at2 + lane);
          let v3_0 = load_four_operand2(at3 + lane);
          o0_0 = fma(vec4f(w0.w), v3_0, fma(vec4f(w0.z), v2_0, fma(vec4f(w0.y), v1_0, fma(vec4f(w0.x), v0_0, o0_0))));
        }
        workgroupBarrier();
      }
      // Rows beyond the last are computed as it is, and not stored.
      if (own < count) {
        finish(s_0_row0, lane, o0_0, m0, l0);
      }
    }
    "
  `);
});
