import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coloursFor } from "../../cli/support/colours.js";
import {
  formatBytes,
  formatError,
  formatRatio,
  formatShare,
  formatTime,
} from "../../compiler/diagnostics/quantities.js";
import { recordedSession } from "../../cli/support/session.js";
import { formatTable } from "../../evidence/table.js";

describe("quantities", () => {
  test.each([
    [0, "0 ns"],
    [7, "7 ns"],
    [999, "999 ns"],
    [1500, "1.500 us"],
    [12_345, "12.35 us"],
    [999_999, "1.000 ms"],
    [1_293_000, "1.293 ms"],
    [2.5e9, "2.500 s"],
    [1e13, "10000.0 s"],
  ])("%d ns is %s", (nanoseconds, text) => expect(formatTime(nanoseconds)).toBe(text));

  test("bytes are decimal, shares have one digit, errors an exponent", () => {
    expect(formatBytes(80e9)).toBe("80.00 GB");
    expect(formatBytes(512)).toBe("512 B");
    expect(formatShare(0.8512)).toBe("85.1 %");
    expect(formatRatio(1.296)).toBe("1.30 x");
    expect(formatError(0)).toBe("0");
    expect(formatError(0.00031)).toBe("3.1e-4");
    expect(formatError(2)).toBe("2.0");
  });

  test("a time keeps its value: what is printed is within half a digit of it", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1e12, noNaN: true }), (nanoseconds) => {
        const [value, unit] = formatTime(nanoseconds).split(" ");
        const scale = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 }[unit!]!;
        expect(Math.abs(Number(value) * scale - nanoseconds)).toBeLessThanOrEqual(0.0005 * Math.max(nanoseconds, 1));
      }),
    );
  });
});

describe("tables", () => {
  const plain = coloursFor(recordedSession(), recordedSession().output);
  test("numbers stand to the right, words to the left, no blanks at the end", () => {
    const table = formatTable(
      [
        { title: "schedule", align: "left" },
        { title: "time", align: "right" },
        { title: "note", align: "left" },
      ],
      [
        ["a", "1", ""],
        ["barrier", "12345", "slow"],
      ],
      plain,
    );
    expect(table).toBe("schedule   time  note\na             1\nbarrier   12345  slow\n");
  });
});

describe("colours", () => {
  const colour = (isTerminal: boolean, environment = {}): boolean => {
    const session = recordedSession({ isTerminal, environment });
    return coloursFor(session, session.output).isColorSupported;
  };
  test("go to a terminal only, and not where they are refused", () => {
    expect(colour(true)).toBe(true);
    expect(colour(false)).toBe(false);
    expect(colour(true, { NO_COLOR: "1" })).toBe(false);
    expect(colour(true, { NO_COLOR: "" })).toBe(true);
    expect(colour(true, { TERM: "dumb" })).toBe(false);
  });
});
