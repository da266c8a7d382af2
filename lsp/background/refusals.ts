/**
 * Why schedules cannot be planned, at places of the text as it is now: each is kept by where it stands in its declaration, which stays
 * the same object until it is edited, whatever else is.
 */
import type { Diagnostic, Location } from "../../compiler/diagnostics/types.js";
import type { Declaration, ScheduleDecl } from "../../grammar/ast.js";
import type { Analysis } from "../documents/analysis.js";

/** Of a location in the document: its declaration, and how far behind the beginning of that it lies. */
interface Anchor {
  readonly node: Declaration;
  readonly start: number;
  readonly end: number;
}

interface Refusal {
  readonly diagnostic: Diagnostic;
  /** Absent where it lies in another file. */
  readonly at: Anchor | undefined;
  readonly related: readonly (Anchor | undefined)[];
}

export class Refusals {
  private readonly known = new WeakMap<ScheduleDecl, readonly Refusal[]>();

  /** @param analysis of the text that the diagnostics have their places in */
  note(analysis: Analysis, schedule: ScheduleDecl, diagnostics: readonly Diagnostic[]): void {
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    this.known.set(
      schedule,
      errors.map((diagnostic) => ({
        diagnostic,
        at: anchorOf(diagnostic.location, analysis),
        related: diagnostic.related.map(({ location }) => anchorOf(location, analysis)),
      })),
    );
  }

  isNoted(schedule: ScheduleDecl): boolean {
    return this.known.has(schedule);
  }

  /** Whether it is known, with all its places. */
  has(analysis: Analysis, schedule: ScheduleDecl): boolean {
    const known = this.known.get(schedule);
    const stands = (anchor: Anchor | undefined): boolean =>
      anchor === undefined || analysis.tree.declarations.includes(anchor.node);
    return known?.every(({ at, related }) => stands(at) && related.every(stands)) ?? false;
  }

  /** Those of which the place still stands. What lies in another file is told at the schedule's name. */
  of(analysis: Analysis, schedule: ScheduleDecl): Diagnostic[] {
    const { path, tree } = analysis;
    const current = new Set<Declaration>(tree.declarations);
    const placed = (location: Location, anchor: Anchor | undefined): Location | undefined => {
      if (anchor === undefined) return location;
      const { node, start, end } = anchor;
      return current.has(node)
        ? { file: path, span: { ...location.span, start: node.span.start + start, end: node.span.start + end } }
        : undefined;
    };
    return (this.known.get(schedule) ?? []).flatMap(({ diagnostic, at, related }) => {
      const location = placed(diagnostic.location, at);
      if (location === undefined) return [];
      const places = diagnostic.related.flatMap((place, index) => {
        const own = placed(place.location, related[index]);
        return own === undefined ? [] : [{ ...place, location: own }];
      });
      if (location.file === path) return [{ ...diagnostic, location, related: places }];
      const here = { file: path, span: schedule.name.span };
      return [{ ...diagnostic, location: here, related: [{ location, message: "it is here" }, ...places] }];
    });
  }
}

function anchorOf({ file, span }: Location, { path, tree }: Analysis): Anchor | undefined {
  if (file !== path) return undefined;
  const node = tree.declarations.find((one) => one.span.start <= span.start && span.end <= one.span.end);
  return node && { node, start: span.start - node.span.start, end: span.end - node.span.start };
}
