import type fc from "fast-check";
import { loadText } from "../file.js";
import { StrettoError } from "../error.js";
import { once } from "../once.js";
import type { ScheduleUnderTest, StrettoFile } from "../types.js";
import { drawn, shownAs } from "./drawn.js";
import type { ArbitraryMachine } from "./machines.js";
import { randomText, withVerbs } from "./texts.js";
import type { RandomText } from "./texts.js";

/** A whole program. A counterexample is shown as its text. */
export interface ArbitraryProgram {
  readonly text: string;
  /** The verbs of `schedule random`, a line each. */
  readonly verbs: readonly string[];
  /** Checked once; its layer is `net`, its schedules are `barrier`, without a verb, and `random`. */
  file(): StrettoFile;
  /** Schedule `random`. */
  schedule(): ScheduleUnderTest;
}

export interface ProgramOptions {
  /** What the mesh is on; one of `std/machines` without it. `machines().chain((machine) => layers({ machine }))`. */
  readonly machine?: ArbitraryMachine;
}

/**
 * Well-typed layers over the ops of `std/`, every word and every view, divided, pending and placed as they may be, with
 * routed ones among them, on meshes of at most 8 ranks; sizes of at most 12, awkward ones as well. `random` has no verbs.
 */
export function layers(options: ProgramOptions = {}): fc.Arbitrary<ArbitraryProgram> {
  return drawn((draw) => programOf(withVerbs(randomText(draw, options.machine), [])));
}

/**
 * Layers as of `layers`, each with a schedule of several verbs that the compiler takes: it plans, and is proved.
 *
 * @param options `legal: false` leaves the verbs as they were drawn: some schedules are refused, with a diagnostic
 */
export function schedules(options: ProgramOptions & { readonly legal?: boolean } = {}): fc.Arbitrary<ArbitraryProgram> {
  const { machine, legal = true } = options;
  return drawn((draw) => {
    const made = randomText(draw, machine);
    return legal ? legalPart(made) : programOf(withVerbs(made, made.verbs));
  });
}

/** Without the verbs that are refused after those before them. */
function legalPart(made: RandomText): ArbitraryProgram {
  const whole = programOf(withVerbs(made, made.verbs));
  if (plans(whole)) return whole;
  let best = programOf(withVerbs(made, []));
  for (const verb of made.verbs) {
    const more = programOf(withVerbs(made, [...best.verbs, verb]));
    if (plans(more)) best = more;
  }
  return best;
}

function plans(program: ArbitraryProgram): boolean {
  try {
    program.schedule().plan();
    return true;
  } catch (error) {
    if (error instanceof StrettoError) return false;
    throw error;
  }
}

function programOf({ text, verbs }: RandomText): ArbitraryProgram {
  const file = once(() => loadText(text));
  return shownAs({ text, verbs, file, schedule: once(() => file().schedule("random")) }, text);
}
