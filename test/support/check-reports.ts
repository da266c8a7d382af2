/** Reports of `stretto check`, by hand and at random, for the tests of its formats. */
import fc from "fast-check";
import type { FileReport } from "../../cli/support/check/report.js";
import type { ClaimOutcome } from "../../evidence/claims.js";
import { catalogue, createDiagnostic } from "../../compiler/diagnostics/catalogue.js";
import type { DiagnosticName } from "../../compiler/diagnostics/catalogue.js";
import type { Diagnostic, Location } from "../../compiler/diagnostics/types.js";

/** What no escaping may stumble over, among any characters there are. */
export const oddText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          "]]>",
          "<![CDATA[",
          "</failure>",
          "&amp;",
          "&#0;",
          '"',
          "'",
          "<",
          "\t",
          "\n",
          "\r",
          "\r\n",
          "\0",
          "\u001b[31m",
        ],
        ...["%", "%0A", "%25", "::", ":", ",", "=", " ", "\u2028", "\ufffe", "\uffff", "\ud800", "\udc00", "😀", "日"],
        ...["|", "`", "```", "\\", "\\|", "**", "</details>", "#", "\u202e"],
      ),
      fc.string({ unit: "binary", maxLength: 3 }),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

/** A name without folders, so that the path from the root is the name. */
export const oddFile: fc.Arbitrary<string> = oddText.map((text) => `f${text.replaceAll(/[/\0]/g, "_")}.stretto`);

const names = Object.keys(catalogue) as DiagnosticName[];

interface Shape {
  readonly file: string;
  readonly text: string;
}

function placeIn({ file, text }: Shape): fc.Arbitrary<Location> {
  return fc
    .tuple(fc.nat(text.length), fc.nat(text.length))
    .map(([a, b]) => ({ file, span: { start: Math.min(a, b), end: Math.max(a, b) } }));
}

function diagnosticIn(shape: Shape): fc.Arbitrary<Diagnostic> {
  const place = placeIn(shape);
  const edit = fc.record({ location: place, newText: oddText });
  return fc
    .record({
      name: fc.constantFrom(...names),
      severity: fc.constantFrom("error" as const, "warning" as const, "note" as const),
      message: oddText,
      location: place,
      related: fc.array(fc.record({ location: place, message: oddText }), { maxLength: 2 }),
      fixes: fc.array(fc.record({ title: oddText, edits: fc.array(edit, { maxLength: 2 }) }), { maxLength: 2 }),
    })
    .map((one) => ({ ...one, code: catalogue[one.name].code }));
}

const errorsOf = (diagnostics: readonly Diagnostic[]): Diagnostic[] =>
  diagnostics.map((diagnostic) => ({ ...diagnostic, severity: "error" }));

function outcomeIn(shape: Shape): fc.Arbitrary<ClaimOutcome> {
  return fc
    .record({
      subject: oddText,
      text: oddText,
      measuredText: oddText,
      state: fc.constantFrom("holds" as const, "fails" as const),
      location: placeIn(shape),
      diagnostics: fc.array(diagnosticIn(shape), { minLength: 1, maxLength: 2 }),
    })
    .map(({ location, diagnostics, state, ...rest }) => ({
      ...rest,
      state,
      claim: { claim: "no deadlock", location },
      measured: null,
      limit: null,
      diagnostics: state === "fails" ? errorsOf(diagnostics) : [],
    }));
}

/** A file of odd text, with diagnostics anywhere in it. */
export const oddReport: fc.Arbitrary<FileReport> = fc.record({ file: oddFile, text: oddText }).chain((shape) =>
  fc.record({
    file: fc.constant(shape.file),
    own: fc.array(diagnosticIn(shape), { maxLength: 2 }),
    schedules: fc.array(
      fc.record({
        name: oddText,
        location: placeIn(shape),
        diagnostics: fc.array(diagnosticIn(shape), { maxLength: 1 }).map(errorsOf),
      }),
      { maxLength: 2 },
    ),
    outcomes: fc.array(outcomeIn(shape), { maxLength: 3 }),
    sources: fc.constant(new Map([[shape.file, shape.text]])),
  }),
);

export const oddReports: fc.Arbitrary<readonly FileReport[]> = fc.uniqueArray(oddReport, {
  selector: ({ file }) => file,
  maxLength: 3,
});

// ---- by hand

const text = "check fast {\n  no deadlock\n  memory <= 1 KB\n  no race\n}\nschedule slow of mlp { keep 0 of x }\n";

function place(part: string): Location {
  const start = text.indexOf(part);
  return { file: "sub/mlp.stretto", span: { start, end: start + part.length } };
}

const tooMuch = createDiagnostic("quantity-out-of-limit", place("memory <= 1 KB"), {
  quantity: "memory",
  subject: "fast",
  measured: "78.20 GB",
  comparison: "<=",
  limit: "1.000 KB",
});
const keepNone = createDiagnostic(
  "keep-count",
  place("0"),
  { least: 1, count: 0 },
  {
    related: [{ location: place("slow"), message: "in this schedule" }],
    fixes: [{ title: "write `1`", edits: [{ location: place("0"), newText: "1" }] }],
  },
);

/** Two schedules, one of which cannot be planned, and a claim of each state. */
export const exampleReport: FileReport = {
  file: "sub/mlp.stretto",
  own: [],
  schedules: [
    { name: "fast", location: place("fast"), diagnostics: [] },
    { name: "slow", location: place("slow"), diagnostics: [keepNone] },
  ],
  outcomes: [
    outcome("no deadlock", "holds", "12 tasks, no cycle"),
    { ...outcome("memory <= 1 KB", "fails", "78.20 GB"), measured: 78.2e9, limit: 1000, diagnostics: [tooMuch] },
    outcome("no race", "holds", "12 tasks, all accesses in order"),
  ],
  sources: new Map([["sub/mlp.stretto", text]]),
};

function outcome(claim: string, state: ClaimOutcome["state"], measuredText: string): ClaimOutcome {
  const base = { subject: "fast", text: claim, state, measuredText, measured: null, limit: null, diagnostics: [] };
  return { ...base, claim: { claim: "no deadlock", location: place(claim) } };
}

const unread = { file: "gone.stretto", span: { start: 0, end: 0 } };

/** A file that is not there. */
export const missingReport: FileReport = {
  file: "gone.stretto",
  own: [createDiagnostic("file-not-found", unread, { path: "gone.stretto" })],
  schedules: [],
  outcomes: [],
  sources: new Map(),
};

/** A mistake of the command line, which has no place. */
export const commandLineReport: FileReport = {
  file: "a.stretto",
  own: [createDiagnostic("unknown-profile", { file: "", span: { start: 0, end: 0 } }, { name: "smal", hint: "" })],
  schedules: [],
  outcomes: [],
  sources: new Map([["", ""]]),
};
