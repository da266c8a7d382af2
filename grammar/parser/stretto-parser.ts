import type { Declaration } from "../ast.js";
import { plain } from "./base.js";
import { DefinitionRules } from "./definitions.js";

/** The whole grammar. Reads one declaration at a time. */
export class StrettoParser extends DefinitionRules {
  /** `validate` looks for mistakes in the grammar itself, at some cost. */
  constructor(validate = false) {
    super(validate);
    this.performSelfAnalysis();
  }

  readonly declaration = this.RULE(
    "declaration",
    (): Declaration =>
      this.OR<Declaration>([
        { ALT: () => this.SUBRULE(this.importDeclaration) },
        { ALT: () => this.SUBRULE(this.param) },
        { ALT: () => this.SUBRULE(this.profile) },
        { ALT: () => this.SUBRULE(this.axisDeclaration) },
        { ALT: () => this.SUBRULE(this.machine) },
        { ALT: () => this.SUBRULE(this.mesh) },
        { ALT: () => this.SUBRULE(this.table) },
        { ALT: () => this.SUBRULE(this.monoid) },
        { ALT: () => this.SUBRULE(this.op) },
        { ALT: () => this.SUBRULE(this.record) },
        { ALT: () => this.SUBRULE(this.layer) },
        { ALT: () => this.SUBRULE(this.collective) },
        { ALT: () => this.SUBRULE(this.schedule) },
        { ALT: () => this.SUBRULE(this.check) },
        { ALT: () => this.SUBRULE(this.assume) },
      ]),
    plain,
  );
}
