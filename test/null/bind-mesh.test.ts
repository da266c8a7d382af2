import { describe, expect, test } from "vitest";
import type { MachineModel } from "../../compiler/machine/model.js";
import { bindText, namesOf } from "../support/bind-text.js";

const body = "compute f32 1 TFLOP/s\nsms 4\nmemory d 1 GB at 1 TB/s";

function machineOf(links: string, ranks = `rank g[4] { ${body} }`): MachineModel {
  const { bound, diagnostics } = bindText(`machine m { ${ranks}\n${links} }\nmesh on m { r: 2 }`);
  expect(diagnostics).toEqual([]);
  return bound.machine!;
}
function routeOf(
  machine: MachineModel,
  source: number,
  target: number,
): { over: string[]; latency: number } | undefined {
  const route = machine.route(source, target);
  if (!route) return undefined;
  return { over: route.resources.map((index) => machine.linkResources[index]!.name), latency: route.latencySeconds };
}

describe("meshes", () => {
  const mesh = (axes: string) => bindText(`machine m { rank g[4] { ${body} } }\nmesh on m { ${axes} }`);

  test("lie over the first ranks, the last axis innermost", () => {
    const { bound } = mesh("dp: 1, ep: 3");
    expect(bound.mesh).toMatchObject({ name: "m", rankCount: 3 });
    expect(bound.mesh?.axes).toEqual([
      { name: "dp", size: 1 },
      { name: "ep", size: 3 },
    ]);
  });

  test("may take the count of a kind of rank", () => {
    expect(mesh("ep: g.count / 2").bound.mesh?.rankCount).toBe(2);
  });

  test.each([
    ["ep: 5", "mesh-too-large"],
    ["a: 2, b: 3", "mesh-too-large"],
    ["ep: 0", "size-not-positive"],
    ["ep: 1.5", "size-not-whole"],
    ["ep: 2, ep: 2", "duplicate-setting"],
    ["ep: zz", "unknown-name"],
    ["ep: x.count", "not-a-value"],
    ["ep: g.size", "not-a-value"],
  ])("%s is %s", (axes, name) => {
    const { bound, diagnostics } = mesh(axes);
    expect(namesOf(diagnostics)).toEqual([name]);
    expect(bound.mesh).toBeUndefined();
  });

  test.each([
    ["mesh on nowhere { r: 1 }", "unknown-name"],
    ["param m = 1\nmesh on m { r: 1 }", "wrong-noun"],
    [`machine m { rank g { ${body} } }\nmesh on m { r: 1 }\nmesh on m { r: 1 }`, "duplicate-setting"],
    [`machine m { rank g { ${body} } }\nmesh on m.h { r: 1 }`, "unknown-name"],
    [`machine m { rank g[2] { ${body} } }\nmesh on m.g[2] { r: 1 }`, "value-out-of-range"],
    [`machine m { rank g[2] { ${body} } }\nmesh on m.g[1] { r: 2 }`, "mesh-too-large"],
  ])("%s is %s", (text, name) => expect(namesOf(bindText(text).diagnostics)).toEqual([name]));

  test("can be laid over another machine for once", () => {
    const text = `machine m { rank g[4] { ${body} } }\nmachine o { rank g[2] { ${body} } }\nmesh on m { r: 2 }`;
    expect(bindText(text, { machine: "o" }).bound.machine?.name).toBe("o");
    expect(bindText(text, { machine: "h800_node" }).bound.machine).toMatchObject({ name: "h800_node", rankCount: 8 });
    const levels = bindText(text, { machine: "h100_cluster" });
    expect(levels.diagnostics).toEqual([]);
    expect(levels.bound.machine).toMatchObject({ name: "h100_cluster", rankCount: 512 });
    const { diagnostics } = bindText(text, { machine: "h800_nod" });
    expect(namesOf(diagnostics)).toEqual(["unknown-machine"]);
    expect(diagnostics[0]!.message).toContain("h800_node");
  });
});

describe("ranks", () => {
  test("have what is stated, in base units", () => {
    const all =
      "compute bf16 989 TFLOP/s, f32 67 TFLOP/s\nsms 132, each moves 15 GB/s\nmemory hbm 80 GB at 3 TB/s, reduces sum\ncopy engines 3\nnics 2 at 50 GB/s\nlaunch 4 us\nefficiency 85 %";
    const { kinds } = machineOf("", `rank gpu[2] { ${all} }`);
    expect(kinds).toEqual([
      {
        name: "gpu",
        computeFlopsPerSecond: { bf16: 989e12, f32: 67e12 },
        efficiency: 0.85,
        sms: 132,
        smMovesBytesPerSecond: 15e9,
        memory: { name: "hbm", capacityBytes: 80e9, bytesPerSecond: 3e12, reduces: ["sum"] },
        copyEngines: 3,
        nics: 2,
        nicBytesPerSecond: 50e9,
        launchSeconds: expect.closeTo(4e-6, 15),
      },
    ]);
  });

  test("have no engine and no cost that is not stated", () => {
    expect(machineOf("").kinds[0]).toMatchObject({
      efficiency: 1,
      smMovesBytesPerSecond: Infinity,
      copyEngines: 0,
      nics: 0,
      launchSeconds: 0,
    });
  });

  test("may be devices, whose tasks run one at a time as fast as they were measured", () => {
    const measured =
      "dispatch 80 us\nkernel contraction bf16 64 by 32 by 128 at 5 GFLOP/s\nkernel elementwise f32 16 by 8 at 2 GB/s";
    expect(machineOf("", `rank g[4] { ${body}\n${measured} }`).kinds[0]!.device).toEqual({
      dispatchSeconds: expect.closeTo(80e-6, 15),
      kernels: [
        { does: "contraction", dtype: "bf16", rows: 64, columns: 32, depth: 128, parts: 1, perSecond: 5e9 },
        { does: "elementwise", dtype: "f32", rows: 16, columns: 8, depth: 1, parts: 1, perSecond: 2e9 },
      ],
    });
    expect(machineOf("").kinds[0]!.device).toBeUndefined();
  });

  test("are numbered by declaration, one where no count stands", () => {
    const machine = machineOf("", `rank a[2] { ${body} }\nrank b { ${body} }\nrank c[3] { ${body} }`);
    expect([...machine.kindOfRank]).toEqual([0, 0, 1, 2, 2, 2]);
    expect(machine.kinds.map((kind) => kind.name)).toEqual(["a", "b", "c"]);
  });

  test.each([
    ["rank g { }", ["missing-property"]],
    [`rank g { ${body.replace("f32", "bf16")} }`, ["missing-property"]],
    [`rank g { ${body}\nsms 4 }`, ["duplicate-property"]],
    [`rank g { ${body.replace("f32 1 TFLOP/s", "f32 1 TFLOP/s, f32 2 TFLOP/s")} }`, ["duplicate-property"]],
    [`rank g { ${body}\nnics 2 }`, ["missing-property"]],
    [`rank g { ${body}\nefficiency 120 % }`, ["value-out-of-range"]],
    [`rank g { ${body}\nefficiency 0 }`, ["value-out-of-range"]],
    [`rank g { ${body}\nlaunch 4 GB }`, ["wrong-unit"]],
    [`rank g { ${body}\nkernel contraction f32 4 by 4 at 1 GFLOP/s }`, ["missing-property"]],
    [`rank g { ${body}\ndispatch 1 us\nkernel product f32 4 by 4 at 1 GFLOP/s }`, ["unknown-kernel"]],
    [`rank g { ${body}\ndispatch 1 us\nkernel contraction f32 4 by 4 at 1 GB/s }`, ["wrong-unit"]],
    [`rank g { ${body}\ndispatch 1 us\nkernel elementwise f32 4 by 4 at 1 GFLOP/s }`, ["wrong-unit"]],
    [`rank g { ${body}\ndispatch 1 us\nkernel elementwise f32 4 by 0.5 at 1 GB/s }`, ["size-not-whole"]],
    [`rank g { ${body}\ndispatch -1 us }`, ["value-out-of-range"]],
    [`rank g { ${body}\ndispatch 1 us\ndispatch 2 us }`, ["duplicate-property"]],
    [`rank g { ${body}\nlaunch -4 us }`, ["value-out-of-range"]],
    [`rank g { ${body}\ncopy engines 1.5 }`, ["size-not-whole"]],
    [`rank g { ${body.replace("1 TFLOP/s", "1 TFLOP")} }`, ["wrong-unit"]],
    [`rank g { ${body.replace("1 GB at", "0 GB at")} }`, ["value-out-of-range"]],
    [`rank g[0] { ${body} }`, ["size-not-positive"]],
    [`rank g[100000] { ${body} }`, ["machine-too-large"]],
    [`rank g { ${body} }\nrank g { ${body} }`, ["duplicate-property"]],
    ["", ["missing-property"]],
    [`rank g { ${body} }\nlevel n: m[4]`, ["machine-cycle"]],
    [`rank g { ${body} }\ntier ssd of g { 8 TB }`, ["missing-property"]],
  ])("%s is refused", (items, names) => {
    const { bound, diagnostics } = bindText(`machine m { ${items} }\nmesh on m { r: 1 }`);
    expect(namesOf(diagnostics)).toEqual(names);
    expect(bound.machine).toBeUndefined();
  });
});

describe("links", () => {
  test("a switch has a port out and a port in at each rank", () => {
    const machine = machineOf("link g <-> g: switch { 200 GB/s each way, 1.5 us }");
    expect(machine.linkResources).toHaveLength(8);
    expect(machine.linkResources.every((one) => one.bytesPerSecond === 2e11)).toBe(true);
    expect(routeOf(machine, 0, 3)).toEqual({ over: ["g[0] out", "g[3] in"], latency: expect.closeTo(1.5e-6, 15) });
    expect(routeOf(machine, 3, 0)?.over).toEqual(["g[3] out", "g[0] in"]);
  });

  test("without `each way` both directions share the figure", () => {
    const port = machineOf("link g <-> g: switch { 200 GB/s }");
    expect(routeOf(port, 0, 3)).toEqual({ over: ["g[0] port", "g[3] port"], latency: 0 });
    expect(routeOf(port, 3, 0)?.over).toEqual(["g[3] port", "g[0] port"]);
    for (const topology of ["full", "ring"]) {
      const wires = machineOf(`link g <-> g: ${topology} { 200 GB/s }`);
      expect(wires.linkResources).toHaveLength(topology === "full" ? 6 : 4);
      expect(wires.route(0, 1)?.resources).toEqual(wires.route(1, 0)?.resources);
      const each = machineOf(`link g <-> g: ${topology} { 200 GB/s each way }`);
      expect(each.linkResources).toHaveLength(topology === "full" ? 12 : 8);
      expect(each.route(0, 1)?.resources).not.toEqual(each.route(1, 0)?.resources);
    }
  });

  test("a full mesh has a wire for each ordered pair", () => {
    const machine = machineOf("link g <-> g: full { 50 GB/s each way, 2 us }");
    expect(routeOf(machine, 2, 1)).toEqual({ over: ["g[2] -> g[1]"], latency: expect.closeTo(2e-6, 15) });
  });

  test("a bus is one resource", () => {
    const machine = machineOf("link g <-> g: bus { 50 GB/s, 2 us }");
    expect(machine.linkResources).toEqual([{ name: "bus", bytesPerSecond: 5e10 }]);
    expect(machine.route(0, 1)?.resources).toEqual(machine.route(3, 2)?.resources);
  });

  test.each([2, 3, 4, 5, 8])("a ring of %d goes the short way, forward in a tie", (count) => {
    const machine = machineOf("link g <-> g: ring { 50 GB/s each way, 1 us }", `rank g[${count}] { ${body} }`);
    expect(machine.linkResources).toHaveLength(count === 2 ? 2 : 2 * count);
    for (let source = 0; source < count; source += 1) {
      for (let target = 0; target < count; target += 1) {
        if (source === target) continue;
        const forward = (target - source + count) % count;
        const hops = Math.min(forward, count - forward);
        const step = forward <= count - forward ? 1 : count - 1;
        const over = Array.from({ length: hops }, (_, hop) => {
          const from = (source + hop * step) % count;
          return `g[${from}] -> g[${(from + step) % count}]`;
        });
        expect(routeOf(machine, source, target)).toEqual({ over, latency: expect.closeTo(hops * 1e-6, 12) });
      }
    }
  });

  test("a directed ring only goes forward", () => {
    const machine = machineOf("link g -> g: ring { 50 GB/s, 1 us }");
    expect(machine.linkResources).toHaveLength(4);
    expect(routeOf(machine, 1, 0)?.over).toEqual(["g[1] -> g[2]", "g[2] -> g[3]", "g[3] -> g[0]"]);
  });

  test("routes pass through other ranks, take the fewest hops, and of equals the link declared first", () => {
    const ranks = `rank g[2] { ${body} }\nrank c { ${body} }`;
    const through = machineOf("link g <-> c: bus { 10 GB/s each way, 1 us }", ranks);
    expect(routeOf(through, 0, 1)).toEqual({ over: ["bus", "bus back"], latency: expect.closeTo(2e-6, 15) });
    const links = "link g <-> c: bus { 10 GB/s }\nlink g <-> g: full { 1 GB/s }\nlink g <-> g: switch { 9 GB/s }";
    expect(routeOf(machineOf(links, ranks), 0, 1)?.over).toEqual(["g[0] <-> g[1]"]);
  });

  test("what is not linked has no route", () => {
    const machine = machineOf("link g[0] -> g[1]: full { 1 GB/s }");
    expect(machine.route(0, 1)?.resources).toHaveLength(1);
    expect(machine.route(1, 0)).toBeUndefined();
    expect(machine.route(0, 2)).toBeUndefined();
    expect(machine.route(0, 0)).toBeUndefined();
  });

  test.each([
    ["g <-> g: switch { }", "missing-property"],
    ["g <-> g: switch { 1 us }", "missing-property"],
    ["g <-> g: switch { 1 GB/s, 2 GB/s }", "duplicate-property"],
    ["g <-> g: switch { 1 GB/s, 1 us, 1 us }", "duplicate-property"],
    ["g <-> g: switch { 1 GB/s both ways }", "unknown-property"],
    ["g <-> g: switch { leaves 4, 1 GB/s }", "unknown-property"],
    ["g <-> g: switch { 1 GB each way }", "wrong-unit"],
    ["g <-> g: switch { 0 GB/s }", "value-out-of-range"],
    ["g <-> g: star { 1 GB/s }", "unknown-topology"],
    ["g <-> g: dragonfly { 1 GB/s }", "unknown-property"],
    ["g <-> g: constructor { 1 GB/s }", "unknown-topology"],
    ["g <-> h: switch { 1 GB/s }", "unknown-name"],
    ["g[4] <-> g: switch { 1 GB/s }", "value-out-of-range"],
  ])("link %s is %s", (link, name) => {
    const { diagnostics } = bindText(`machine m { rank g[4] { ${body} }\nlink ${link} }`);
    expect(namesOf(diagnostics)).toEqual([name]);
  });

  test("wires beyond the limit are refused before they are made", () => {
    const { diagnostics } = bindText(`machine m { rank g[60000] { ${body} }\nlink g <-> g: full { 1 GB/s } }`);
    expect(namesOf(diagnostics)).toEqual(["machine-too-large"]);
  });
});
