/** What SARIF 2.1.0 demands of a log, as far as ours go: the properties that its schema requires, and what they refer to. */
import { expect } from "vitest";

export interface SarifLog {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly SarifRun[];
}
export interface SarifRun {
  readonly tool: { readonly driver: SarifDriver };
  readonly columnKind: string;
  readonly newlineSequences: readonly string[];
  readonly originalUriBaseIds: Readonly<Record<string, object>>;
  readonly invocations: readonly {
    readonly executionSuccessful: boolean;
    readonly toolConfigurationNotifications: readonly {
      readonly descriptor: { readonly id: string; readonly index: number };
      readonly level: string;
      readonly message: Message;
    }[];
  }[];
  readonly artifacts: readonly { readonly location: ArtifactLocation; readonly roles?: readonly string[] }[];
  readonly results: readonly SarifResult[];
}
interface SarifDriver {
  readonly name: string;
  readonly version: string;
  readonly rules: readonly SarifRule[];
  readonly notifications: readonly SarifRule[];
}
interface SarifRule {
  readonly id: string;
  readonly name: string;
  readonly shortDescription: Message;
  readonly help: Message & { readonly markdown: string };
  readonly defaultConfiguration: { readonly level: string };
}
interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: Message;
  readonly locations: readonly { readonly physicalLocation: PhysicalLocation }[];
  readonly relatedLocations?: readonly {
    readonly id: number;
    readonly physicalLocation: PhysicalLocation;
    readonly message: Message;
  }[];
  readonly fixes?: readonly {
    readonly description: Message;
    readonly artifactChanges: readonly {
      readonly artifactLocation: ArtifactLocation & { readonly index: number };
      readonly replacements: readonly {
        readonly deletedRegion: SarifRegion;
        readonly insertedContent?: { readonly text: string };
      }[];
    }[];
  }[];
}
interface Message {
  readonly text: string;
}
interface ArtifactLocation {
  readonly uri: string;
  readonly uriBaseId?: string;
}
interface PhysicalLocation {
  readonly artifactLocation: ArtifactLocation & { readonly index: number };
  readonly region?: SarifRegion;
}
export interface SarifRegion {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

const levels = ["none", "note", "warning", "error"];

export function expectSarif(log: SarifLog): void {
  expect(log.version).toBe("2.1.0");
  expect(log.$schema).toMatch(/sarif-2\.1\.0\.json$/);
  expect(log.runs).toHaveLength(1);
  for (const run of log.runs) expectRun(run);
}

function expectRun(run: SarifRun): void {
  const { tool, results, artifacts, invocations } = run;
  expect(tool.driver.name).toMatch(/\S/);
  expect(tool.driver.version).toMatch(/^\d+\.\d+\.\d+/);
  expect(["utf16CodeUnits", "unicodeCodePoints"]).toContain(run.columnKind);
  expectUnique(run.newlineSequences);
  expectUnique(artifacts);
  expectRules(tool.driver.rules, new Set(results.map(({ ruleId }) => ruleId)));
  for (const invocation of invocations) {
    expect(typeof invocation.executionSuccessful).toBe("boolean");
    const notified = invocation.toolConfigurationNotifications;
    expectRules(tool.driver.notifications, new Set(notified.map(({ descriptor }) => descriptor.id)));
    for (const { descriptor, level, message } of notified) {
      expect(tool.driver.notifications[descriptor.index]!.id).toBe(descriptor.id);
      expect(levels).toContain(level);
      expect(typeof message.text).toBe("string");
    }
  }
  for (const { location } of artifacts) expectAddress(location, run);
  for (const result of results) expectResult(result, run);
}

function expectRules(rules: readonly SarifRule[], used: ReadonlySet<string>): void {
  expect(new Set(rules.map(({ id }) => id))).toEqual(used);
  expectUnique(rules.map(({ id }) => id));
  for (const { shortDescription, help, defaultConfiguration } of rules) {
    expect(shortDescription.text).toMatch(/\S/);
    expect(help.text).toMatch(/\S/);
    expect(levels).toContain(defaultConfiguration.level);
  }
}

function expectResult({ ruleId, ruleIndex, level, message, locations, ...more }: SarifResult, run: SarifRun): void {
  expect(run.tool.driver.rules[ruleIndex]!.id).toBe(ruleId);
  expect(levels).toContain(level);
  expect(typeof message.text).toBe("string");
  expect(locations).toHaveLength(1);
  const related = more.relatedLocations ?? [];
  expectUnique(related.map(({ id }) => id));
  for (const { physicalLocation } of [...locations, ...related]) {
    expectArtifact(physicalLocation.artifactLocation, run);
    if (physicalLocation.region !== undefined) expectRegion(physicalLocation.region);
  }
  for (const { artifactChanges } of more.fixes ?? []) {
    expect(artifactChanges.length).toBeGreaterThan(0);
    for (const { artifactLocation, replacements } of artifactChanges) {
      expectArtifact(artifactLocation, run);
      expect(replacements.length).toBeGreaterThan(0);
      for (const { deletedRegion } of replacements) expectRegion(deletedRegion);
    }
  }
}

function expectArtifact({ index, ...location }: PhysicalLocation["artifactLocation"], run: SarifRun): void {
  expect(run.artifacts[index]!.location).toEqual(location);
}

/** A relative reference with a base, or a whole address without one. */
function expectAddress({ uri, uriBaseId }: ArtifactLocation, run: SarifRun): void {
  expect(uri).toMatch(/^[\w\-.~!$&'()*+,;=:@/%]+$/);
  expect(uri).not.toMatch(/%(?![0-9A-F]{2})/i);
  expect(/^[a-z][a-z0-9+.-]*:/i.test(uri)).toBe(uriBaseId === undefined);
  if (uriBaseId === undefined) return;
  expect(uri.startsWith("/")).toBe(false);
  expect(run.originalUriBaseIds).toHaveProperty([uriBaseId]);
}

function expectRegion({ startLine, startColumn, endLine, endColumn }: SarifRegion): void {
  for (const number of [startLine, startColumn, endLine, endColumn]) expect(number).toBeGreaterThanOrEqual(1);
  expect(endLine > startLine || (endLine === startLine && endColumn >= startColumn)).toBe(true);
}

function expectUnique(items: readonly unknown[]): void {
  expect(new Set(items.map((item) => JSON.stringify(item))).size).toBe(items.length);
}

/** Offsets of a region: lines end with what `newlineSequences` has, columns are UTF-16 code units, the end is exclusive. */
export function spanOf(text: string, region: SarifRegion): { readonly start: number; readonly end: number } {
  const lines = text.split(/(?<=\r\n|\n|\r(?!\n))/);
  const offset = (line: number, column: number): number => lines.slice(0, line - 1).join("").length + column - 1;
  return {
    start: offset(region.startLine, region.startColumn),
    end: offset(region.endLine, region.endColumn),
  };
}
