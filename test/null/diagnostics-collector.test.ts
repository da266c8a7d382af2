import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { catalogue, createDiagnostic, nameOfCode } from "../../compiler/diagnostics/catalogue.js";
import { createCollector } from "../../compiler/diagnostics/collector.js";
import { fillMessage, message } from "../../compiler/diagnostics/message.js";

const at = (start: number, end = start + 1, file = "a.stretto") => ({ file, span: { start, end } });

describe("the catalogue", () => {
  test("fills every hole of a message", () => {
    const template = message`\`${"name"}\` has ${"count"}.`;
    expect(fillMessage(template, { name: "x", count: 3 })).toBe("`x` has 3.");
    const made = createDiagnostic("unknown-topology", at(0), { name: "star", known: "`bus`", hint: "" });
    expect(made).toMatchObject({ code: "ST2505", name: "unknown-topology", severity: "error", related: [], fixes: [] });
    expect(made.message).toBe("`star` is no topology: there are `bus`.");
  });

  test("does not compile where a parameter is missing or is none", () => {
    // Type-checked with the tests, and not run.
    const misuses = [
      // @ts-expect-error -- `known` and `hint` are missing
      () => createDiagnostic("unknown-topology", at(0), { name: "star" }),
      // @ts-expect-error -- there is no parameter `nam`
      () => createDiagnostic("unknown-setting", at(0), { name: "x", hint: "", nam: "x" }),
      // @ts-expect-error -- there is no such name
      () => createDiagnostic("unknown-topolgy", at(0), {}),
    ];
    expect(misuses).toHaveLength(3);
  });

  test("finds a name by its code", () => {
    expect(nameOfCode("ST2101")).toBe("unknown-name");
    expect(nameOfCode("ST9999")).toBeUndefined();
  });

  test("has sentences for messages, each with its code", () => {
    for (const [name, { code, message: text }] of Object.entries(catalogue)) {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(code).toMatch(/^ST\d{4}$/);
      expect(text.texts.length).toBe(text.parameters.length + 1);
      expect(text.texts.join("x").trim()).not.toBe("");
    }
  });
});

describe("the collector", () => {
  test("keeps the same code at the same place once", () => {
    const collector = createCollector();
    collector.report("division-by-zero", at(3), {});
    collector.report("division-by-zero", at(3), {});
    collector.report("division-by-zero", at(4), {});
    collector.report("not-finite", at(3), {});
    collector.report("division-by-zero", at(3, 4, "b.stretto"), {});
    expect(collector.list()).toHaveLength(4);
  });

  test("of the command line, which has no places, keeps what differs", () => {
    const collector = createCollector();
    for (const name of ["a", "b", "a"]) collector.report("unknown-setting", at(0, 0, ""), { name, hint: "" });
    expect(collector.list().map((one) => one.message)).toHaveLength(2);
  });

  test("lists files as they came, places in order", () => {
    const collector = createCollector();
    collector.report("division-by-zero", at(9, 10, "b"), {});
    collector.report("division-by-zero", at(5, 6, "a"), {});
    collector.report("division-by-zero", at(1, 2, "b"), {});
    expect(collector.list().map(({ location }) => [location.file, location.span.start])).toEqual([
      ["b", 1],
      ["b", 9],
      ["a", 5],
    ]);
  });

  test("knows of errors, kept or not; a note is none", () => {
    const collector = createCollector(1);
    collector.report("more-left-out", at(0), { count: 1 });
    expect(collector.hasErrors()).toBe(false);
    expect(collector.isFull("a.stretto")).toBe(true);
    collector.report("not-finite", at(1), {});
    expect(collector.hasErrors()).toBe(true);
  });

  test("keeps up to the limit of each file, and says how many more there were", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.array(fc.tuple(fc.constantFrom("a", "b"), fc.nat(30)), { maxLength: 60 }),
        (limit, places) => {
          const collector = createCollector(limit);
          for (const [file, start] of places) collector.report("not-finite", at(start, start + 1, file), {});
          for (const file of ["a", "b"]) {
            const listed = collector.list().filter(({ location }) => location.file === file);
            const kept = listed.filter(({ name }) => name === "not-finite");
            const different = new Set(places.filter(([one]) => one === file).map(([, start]) => start)).size;
            expect(kept).toHaveLength(Math.min(limit, different));
            expect(listed.at(-1)?.name === "more-left-out").toBe(different > limit);
          }
        },
      ),
    );
  });
});
