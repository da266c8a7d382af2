/** What is wrong with a call of a word, in words. */
import { locate } from "../bind/bound-program.js";
import { meshAxisName, typeText } from "./type-text.js";
import type { WordCall } from "./word-arguments.js";
import { cutDimension, pendingMonoid } from "./word-layouts.js";
import type { WordProblem } from "./word-layouts.js";

export function reportWordProblem(problem: WordProblem, { word, operand, call, scope }: WordCall): void {
  const { context, environment, calledFrom } = scope;
  const parameters = {
    word,
    found: typeText(operand.type, context.mesh),
    reason: reasonOf(problem, { word, operand, call, scope }),
  };
  const place = locate(environment.file, call.arguments[0]!);
  context.diagnostics.report("word-layout", place, parameters, { related: calledFrom });
}

function reasonOf(problem: WordProblem, { operand, scope }: WordCall): string {
  const mesh = (meshAxis: number) => `\`${meshAxisName(scope.context.mesh, meshAxis)}\``;
  const axis = (dimension: number) => `\`${operand.type.axes[dimension]!.name}\``;
  switch (problem.kind) {
    case "not-cut": {
      const name = axis(problem.dimension);
      const { cuts } = operand.type.axes[problem.dimension]!;
      const last = cuts.at(-1);
      if (last === undefined) return `${name} is not divided`;
      const own = cuts.find((cut) => cut.meshAxis === problem.meshAxis);
      if (own === undefined) return `${name} is not divided by ${mesh(problem.meshAxis!)}`;
      if (own === last) return `${name} is divided by ${last.by}`;
      return `${name} is divided by ${mesh(last.meshAxis)} last, and the last cut must be undone first`;
    }
    case "not-pending":
      return problem.meshAxis === undefined ? "it is not pending" : `it is not pending over ${mesh(problem.meshAxis)}`;
    case "several-monoids":
      return "it is pending under different monoids over them: take one mesh axis after the other";
    case "in-use": {
      const { meshAxis } = problem;
      const divided = cutDimension(operand.type, meshAxis);
      if (divided !== undefined) return `${mesh(meshAxis)} divides ${axis(divided)} already`;
      const monoid = pendingMonoid(operand.type, meshAxis);
      return `it is ${monoid === undefined ? "at a position along" : `pending ${monoid} over`} ${mesh(meshAxis)}`;
    }
    case "not-at":
      return problem.meshAxis === undefined
        ? "it is at no position: every rank has it, or a part of it"
        : `it is at no position along ${mesh(problem.meshAxis)}`;
    case "at-already":
      return "it is there already";
    case "not-adjacent":
      return `the mesh axes that divide ${axis(problem.dimension)} are others, or stand in another order`;
    case "unequal": {
      const parts = `${problem.parts} parts of ${axis(problem.dimension)} (${operand.type.axes[problem.dimension]!.size})`;
      return `${parts} differ in size, and only parts of one size can take each other's place`;
    }
    case "not-stretches":
      return `${axis(problem.dimension)} is divided by a column or a factor: its parts are no stretches of it`;
    case "not-one-each":
      return `\`${problem.axis}\` has ${problem.size} indices, not ${problem.parts}: one a rank`;
    case "pending-otherwise":
      return `it is pending ${problem.monoid}, which has to end first`;
    case "still-pending":
      return `it is pending ${problem.monoid}: end that first, by \`reduce_scatter\` or \`all_reduce\``;
    case "other-axes":
      return "its axes are others";
    case "monoid":
      return `\`${problem.monoid}\` does not fit: ${problem.reason}`;
  }
}

export function reportAmbiguousMeshAxis(meshAxes: readonly number[], { word, call, scope }: WordCall): void {
  const { mesh, diagnostics } = scope.context;
  const names = meshAxes.map((meshAxis) => meshAxisName(mesh, meshAxis));
  const example = word === "all_reduce" ? `all_reduce(v, ${names.join(", ")})` : `${word}(v, axis/${names.join("/")})`;
  const choices = names.map((name) => `\`${name}\``).join(" or ");
  const parameters = { word, choices: `${choices}, or all of them`, example };
  diagnostics.report("ambiguous-mesh-axis", locate(scope.environment.file, call), parameters);
}
