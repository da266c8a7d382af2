import { format, type Doc, type Parser, type Plugin, type Printer, util } from "prettier";
import { builders } from "prettier/doc";
import type { Comment, SourceFile, Span } from "./ast.js";
import { replaceAll, replacementsIn, type Replacement } from "./format-range.js";
import { parse } from "./parser.js";
import { nodeDoc, printWidth } from "./printer.js";
import type { AnyNode, PrintOptions } from "./printer/context.js";
import { describeProblem } from "./problems.js";

/** Prettier hangs its comments on the nodes it gives them to. */
type Attached = Comment & { leading?: boolean; trailing?: boolean; printed?: boolean };
type Commented = AnyNode & { comments?: Attached[] };

/** What comments are kept with: things that have a line, or an item of a list, of their own. */
const commentable: ReadonlySet<string> = new Set<AnyNode["kind"]>([
  ...(["ImportDecl", "ParamDecl", "ProfileDecl", "AxisDecl", "MachineDecl", "MeshDecl", "TableDecl"] as const),
  ...(["MonoidDecl", "OpDecl", "RecordDecl", "LayerDecl", "CollectiveDecl", "ScheduleDecl", "CheckDecl"] as const),
  ...([
    "AssumeDecl",
    "ImportName",
    "Assignment",
    "AxisFactor",
    "TableColumnDecl",
    "MeshAxis",
    "Parameter",
    "LocalEquation",
  ] as const),
  ...(["LetStatement", "NextStatement", "WhenStatement", "ReturnStatement"] as const),
  ...([
    "SendStatement",
    "RoundLoop",
    "RoundBlock",
    "RequireStatement",
    "RankDecl",
    "LinkDecl",
    "LevelDecl",
    "TierDecl",
    "LinkProperty",
  ] as const),
  ...(["ComputeProperty", "SmsProperty", "MemoryProperty", "CopyEnginesProperty", "NicsProperty"] as const),
  ...([
    "LaunchProperty",
    "EfficiencyProperty",
    "DispatchProperty",
    "KernelProperty",
    "SplitVerb",
    "TileVerb",
    "OverlapVerb",
    "OrderVerb",
  ] as const),
  ...(["AsyncVerb", "AccumulateVerb", "FuseVerb", "UseVerb", "RunVerb", "KeepVerb", "RecomputeVerb"] as const),
  ...(["PriorityVerb", "InVerb", "PassVerb", "SameResultClaim", "DriftClaim", "NoClaim", "QuantityClaim"] as const),
  ...(["HidesClaim", "FasterClaim", "BoundClaim", "ForClause"] as const),
]);

const stretto: Parser<SourceFile> = {
  // Prettier knows by name the languages of which it formats a range: here the range is formatted before it looks.
  preprocess(text, options) {
    const { rangeStart: start, rangeEnd } = options;
    const end = Math.min(rangeEnd, text.length);
    if (start <= 0 && end >= text.length) return text;
    const { printWidth: width, tabWidth, useTabs } = options;
    return replacementsIn(text, { start, end }, (part) =>
      format(part, { ...own, printWidth: width, tabWidth, useTabs }),
    ).then((replacements) => replaceAll(text, replacements));
  },
  astFormat: "stretto",
  locStart: (node: AnyNode) => node.span.start,
  locEnd: (node: AnyNode) => node.span.end,
  parse(text) {
    const { tree, errors } = parse(text);
    const first = errors[0];
    if (first === undefined) return tree;
    const loc = { start: positionOf(text, first.span.start), end: positionOf(text, first.span.end) };
    throw Object.assign(new SyntaxError(describeProblem(first)), { loc });
  },
};

const printer: Printer<AnyNode> = {
  print(path, options, print, args) {
    const node = path.node as Commented;
    const inside = (node.comments ?? []).filter((comment) => !comment.leading && !comment.trailing);
    let kept: Doc[] | undefined;
    const places = childPlaces(node);
    const printed = nodeDoc(
      node,
      {
        print: (child, given) => print(placeOf(places, child) as never, given),
        blankAfter: (child) => util.isNextLineEmpty(options.originalText, child.span.end),
        commented: (child) => ((child as Commented).comments ?? []).length > 0,
        led: (child) => (child as Commented).comments?.some((comment) => !comment.trailing) ?? false,
        inside: () => (kept = inside.map(commentDoc)),
      },
      args as PrintOptions | undefined,
    );
    if (inside.length === 0 || (kept !== undefined && kept.length > 0)) return printed;
    return [inside.map((comment) => [commentDoc(comment), builders.hardline]), printed];
  },
  printComment: (path) => (path.node as unknown as Comment).text,
  canAttachComment: (node) => commentable.has(node.kind),
  getVisitorKeys: (node) => Object.keys(node).filter((key) => key !== "span" && key !== "comments"),
};

function commentDoc(comment: Attached): Doc {
  comment.printed = true;
  return [comment.text, builders.breakParent];
}

/** Where each child stands in its parent, as prettier's paths want it. */
function childPlaces(node: AnyNode): Map<AnyNode, (string | number)[]> {
  const places = new Map<AnyNode, (string | number)[]>();
  const visit = (value: unknown, place: (string | number)[]): void => {
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) value.forEach((item, index) => visit(item, [...place, index]));
    else if (!("kind" in value)) visitFields(value, place);
    else {
      places.set(value as AnyNode, place);
      // Chains of operators and equations of collectives print their grandchildren themselves.
      const key = place.at(-1);
      if (key === "equation" || (key === "left" && "left" in value) || place.join() === "equation,right") {
        visitFields(value, place);
      }
    }
  };
  const visitFields = (value: object, place: (string | number)[]): void => {
    for (const [key, item] of Object.entries(value)) {
      if (key !== "span" && key !== "comments") visit(item, [...place, key]);
    }
  };
  visitFields(node, []);
  return places;
}

function placeOf(places: Map<AnyNode, (string | number)[]>, child: AnyNode): (string | number)[] {
  const place = places.get(child);
  if (place === undefined) throw new Error(`${child.kind} is printed by a node that does not hold it`);
  return place;
}

function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

const plugin: Plugin<AnyNode> = {
  // By its name, in small letters, prettier knows a fence of markdown.
  languages: [{ name: "Stretto", parsers: ["stretto"], extensions: [".stretto"], vscodeLanguageIds: ["stretto"] }],
  parsers: { stretto: stretto as Parser<AnyNode> },
  printers: { stretto: printer },
  defaultOptions: { printWidth },
};
export default plugin;
export const { languages, parsers, printers, defaultOptions } = plugin;

const own = { parser: "stretto", plugins: [plugin as Plugin] };

/**
 * A text in the one style there is. Keeps comments and single empty lines; rejects with a `SyntaxError` that has a `loc`
 * where the text cannot be read.
 */
export async function formatText(text: string): Promise<string> {
  return format(text, { ...own, printWidth });
}

/**
 * What is to be replaced for the declarations that a range touches to be in that style, or the statements, where it stays
 * inside of a declaration: in order and apart. Declarations that cannot be read are left as they are.
 */
export async function formatPart(text: string, range: Span): Promise<readonly Replacement[]> {
  return replacementsIn(text, range, formatText);
}
