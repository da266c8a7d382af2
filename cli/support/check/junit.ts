/**
 * JUnit's XML, which GitLab, Jenkins and most CI servers read: a suite a file; in it a case for the file itself, one for
 * each schedule (planned and proved) and one for each claim.
 */
import { renderText } from "../../../compiler/diagnostics/render-text.js";
import type { Diagnostic, Location } from "../../../compiler/diagnostics/types.js";
import { hasError } from "../../../evidence/attempt.js";
import { positionsIn } from "../../../evidence/source-places.js";
import type { Session } from "../session.js";
import { pathsFromRoot } from "./paths.js";
import type { PathFromRoot } from "./paths.js";
import type { CheckReport, FileReport } from "./report.js";

interface Case {
  readonly name: string;
  readonly location: Location;
  readonly diagnostics: readonly Diagnostic[];
  /** Whether it fails: warnings and notes alone do not make it. */
  readonly fails: boolean;
  /** Why it says nothing yet. */
}

export function renderJunit(session: Session, { files }: CheckReport): string {
  const fromRoot = pathsFromRoot(session);
  const suites = files.map((report) => ({ report, cases: casesOf(report) }));
  const content = suites.map(({ report, cases }) => suiteText(report, cases, fromRoot));
  const all = suites.flatMap(({ cases }) => cases);
  const whole = element("testsuites", { name: "stretto check", ...countsOf(all) }, content);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${whole}\n`;
}

/** Names are unique in a suite: servers compare runs by them. */
function casesOf({ file, own, schedules, outcomes }: FileReport): Case[] {
  const taken = new Map<string, number>();
  const unique = (name: string): string => {
    const times = (taken.get(name) ?? 0) + 1;
    taken.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  };
  return [
    {
      name: unique("parse, bind and check"),
      location: { file, span: { start: 0, end: 0 } },
      diagnostics: own,
      fails: hasError(own),
    },
    ...schedules.map(({ name, location, diagnostics }) => ({
      ...{ name: unique(`${name}: plan and prove`), location, diagnostics, fails: hasError(diagnostics) },
    })),
    ...outcomes.map(({ subject, text, claim: { location }, state, diagnostics }) => ({
      ...{ name: unique(`${subject}: ${text}`), location, diagnostics, fails: state === "fails" },
    })),
  ];
}

function suiteText({ file, sources }: FileReport, cases: readonly Case[], fromRoot: PathFromRoot): string {
  const positionOf = positionsIn(sources);
  const path = fromRoot(file) ?? file;
  const content = cases.map((each) => {
    const line = positionOf(each.location)?.line;
    return element("testcase", { name: each.name, classname: path, file: path, line }, outcomeOf(each, sources));
  });
  return element("testsuite", { name: path, file: path, ...countsOf(cases) }, content);
}

function countsOf(cases: readonly Case[]) {
  return {
    tests: cases.length,
    failures: cases.filter(({ fails }) => fails).length,
    errors: 0,
    skipped: 0,
  };
}

function outcomeOf({ diagnostics, fails }: Case, sources: ReadonlyMap<string, string>): string[] {
  const rendered = renderText(diagnostics, (path) => sources.get(path));
  if (fails) {
    const [first] = diagnostics.filter(({ severity }) => severity === "error");
    const attributes = { message: first?.message ?? "", type: first ? `${first.code} ${first.name}` : "" };
    return [`<failure${attributesText(attributes)}>${escapeText(rendered)}</failure>`];
  }
  return diagnostics.length === 0 ? [] : [`<system-out>${escapeText(rendered)}</system-out>`];
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

function element(name: string, attributes: Attributes, content: readonly string[] = []): string {
  const head = `<${name}${attributesText(attributes)}`;
  return content.length === 0 ? `${head}/>` : `${head}>\n${content.join("\n")}\n</${name}>`;
}

function attributesText(attributes: Attributes): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeAttribute(String(value))}"`)
    .join("");
}

const references: Readonly<Record<string, string>> = {
  ...{ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" },
  ...{ "\t": "&#9;", "\n": "&#10;", "\r": "&#13;" },
};

/** A reader turns a carriage return that stands as it is into a line feed. */
function escapeText(text: string): string {
  return writable(text).replace(/[&<>\r]/g, (character) => references[character]!);
}

/** A reader turns white space of an attribute that stands as it is into blanks. */
function escapeAttribute(text: string): string {
  return writable(text).replace(/[&<>"\t\n\r]/g, (character) => references[character]!);
}

/**
 * XML has no way to write other control characters, halves of characters and the two that are none: U+FFFD stands in
 * their place.
 */
function writable(text: string): string {
  return text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd");
}
