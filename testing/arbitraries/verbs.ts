/** Random verbs of a schedule, as text, over the values of a random layer. */
import type { Draw } from "./draw.js";

export interface TextAxis {
  /** `tokens`, or `rows(gate)`. */
  readonly name: string;
  /** As written: `a`, `b by to`. */
  readonly cuts: readonly string[];
}

export interface TextValue {
  readonly name: string;
  /** What makes it; empty for an input. */
  readonly call: string;
  readonly axes: readonly TextAxis[];
  readonly pending: readonly string[];
  /** As written: `p(1)`. */
  readonly at: readonly string[];
}

const moves = /^(all_|reduce|dispatch|combine|broadcast|send|shift|scan|reshard)/;

/** The mesh axis of a cut. */
export const meshOf = (cut: string): string => cut.split(" ")[0]!;

/** Mostly what the values can have; now and then what they cannot. */
export function randomVerbs(draw: Draw, values: readonly TextValue[], inputs: readonly TextValue[]): string[] {
  const carelessly = (): boolean => draw.oneIn(15);
  const one = (fits: (value: TextValue) => boolean): TextValue => {
    const fitting = values.filter(fits);
    return draw.pick(fitting.length > 0 && !carelessly() ? fitting : values);
  };
  const word = (): TextValue => one(({ call }) => moves.test(call));
  const op = (): TextValue => one(({ call }) => !moves.test(call));
  /** A value and one that reads it, or reads what does. */
  const pair = (): [TextValue, TextValue] => {
    const pairs = values.flatMap((from) => values.filter((to) => reads(to, from)).map((to) => [from, to] as const));
    const [from, to] = pairs.length > 0 ? draw.pick(pairs) : [draw.pick(values), draw.pick(values)];
    const further = pairs.filter(([first]) => first === to);
    return [from, further.length > 0 && draw.oneIn(3) ? draw.pick(further)[1] : to];
  };
  const indexed = (name: string): string => name.replace("rows(gate)", draw.pick(["t", "experts"]));
  const grain = (value: TextValue, apart: boolean): string =>
    draw.pick([
      ...["", ...(apart && !carelessly() ? [] : [" by shard", " by shard", ` by bucket(${draw.integer(1, 64)} B)`])],
      ...[" by tile", " by rows", ` by ${indexed(draw.pick(value.axes).name)}(${draw.integer(1, 4)})`],
    ]);

  const verbs = new Map<string, string>();
  const say = (subject: string, verb: string): void => {
    if (!verbs.has(subject) || carelessly()) verbs.set(subject, verb);
  };
  for (let count = draw.integer(0, 7); count > 0; count--) {
    const value = draw.pick(values);
    switch (draw.integer(0, 10)) {
      case 0: {
        const axis = draw.pick(value.axes);
        const cuts = axis.cuts.map(meshOf);
        const within = cuts.length > 0 && !carelessly() ? ` within ${draw.pick(cuts)}` : "";
        const parts = draw.oneIn(4) ? `2 at ${draw.integer(1, 3)}` : String(draw.integer(1, 4));
        const name = indexed(axis.name);
        say(`split ${name}`, `split ${name}${within} into ${parts}`);
        break;
      }
      case 1:
      case 2: {
        const { name, axes } = op();
        const sizes = axes.slice(axes.length > 1 && draw.oneIn(4) ? 1 : 0).map(() => draw.integer(1, 6));
        say(`tile ${name}`, `tile ${name} by (${sizes.join(", ")})`);
        break;
      }
      case 3:
      case 4:
      case 5: {
        const [a, b] = pair();
        const further = values.filter((to) => reads(to, b));
        const c = further.length > 0 && draw.oneIn(3) ? ` -> ${draw.pick(further).name}` : "";
        const apart = [a, b].every(({ call }) => !moves.test(call));
        say(`overlap ${a.name} ${b.name}`, `overlap ${a.name} -> ${b.name}${c}${grain(draw.pick([a, b]), apart)}`);
        if (draw.oneIn(2)) say(`order ${b.name}`, `order ${b.name} as ${a.name}`);
        else say(`order ${a.name}`, `order ${a.name} as ${b.name}`);
        break;
      }
      case 6: {
        const apart = values.filter((to) => !needs(values, to, value) && !needs(values, value, to));
        if (apart.length > 0) say(`overlap ${value.name}`, `overlap ${value.name}, ${draw.pick(apart).name}`);
        break;
      }
      case 7: {
        const axes = value.axes.filter(({ name }) => !name.startsWith("rows"));
        if (axes.length > 0) say(`order ${value.name}`, `order ${value.name} by ${draw.pick(axes).name}`);
        else say(`async ${value.name}`, `async ${value.name}`);
        break;
      }
      case 8: {
        const { name } = word();
        if (draw.oneIn(2)) say(`use ${name}`, `use ${draw.pick(["ring", "direct"])} for ${name}`);
        else
          say(
            `run ${name}`,
            `run ${name} on ${draw.pick(["copy", "sms(8)", "sms", "stores", "sms(auto in 2 .. 20)"])}`,
          );
        break;
      }
      case 9: {
        const [a, b] = pair();
        const product = one(({ call }) => call.startsWith("matmul"));
        const read = [...values, ...inputs].find(({ name }) => product.call.startsWith(`matmul(${name},`));
        const summed = read?.axes.at(-1)!.name;
        if (draw.oneIn(3)) say(`fuse ${a.name}`, `fuse ${a.name} .. ${b.name}`);
        else if (summed !== undefined || carelessly())
          say(`accumulate ${product.name}`, `accumulate ${product.name} over ${summed ?? "h"}`);
        break;
      }
      default: {
        const gathered = values.filter(({ name, call }) => call.startsWith("all_gather") && name !== "out");
        if (gathered.length > 0) say(`keep`, `keep ${draw.integer(1, 3)} of ${draw.pick(gathered).name}`);
      }
    }
  }
  return [...verbs.values()];
}

const reads = (reader: TextValue, read: TextValue): boolean => new RegExp(`\\b${read.name}\\b`).test(reader.call);

/** Whether a value is made of another one, directly or through others, or is that one. */
function needs(values: readonly TextValue[], value: TextValue, needed: TextValue): boolean {
  return value === needed || values.some((read) => reads(value, read) && needs(values, read, needed));
}
