// What a file of the language is predicted to take, move and load, each made once.
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * @param {import("../reference-rows.mjs").Pipeline} pipeline
 */
export function predictor({ checkFile, planSchedule, createNodeHost, simulate, measure }) {
  const made = new Map();

  /** The checked program of a file, with what `edit` makes of its text. */
  function check(file, { profile, machine, ...set } = {}, edit = (text) => text) {
    const path = resolve(root, file);
    const settings = new Map(Object.entries(set).map(([name, value]) => [name, String(value)]));
    const named = { ...(profile === undefined ? {} : { profile }), ...(machine === undefined ? {} : { machine }) };
    const host = createNodeHost(path);
    const read = (asked) => {
      const found = host.read(asked);
      return asked === path && "text" in found ? { text: edit(found.text) } : found;
    };
    const { program, diagnostics } = checkFile(path, { read }, { set: settings, ...named });
    if (program === undefined) throw new Error(`${file}: ${diagnostics[0]?.message ?? ""}`);
    return program;
  }

  /** `simulate --json` of one schedule. */
  function predict(file, schedule, settings = {}) {
    const key = JSON.stringify([file, schedule, settings]);
    if (!made.has(key)) {
      const program = check(file, settings);
      const found = program.schedules.find(({ name }) => name === schedule);
      const { planned, diagnostics } = found === undefined ? { diagnostics: [] } : planSchedule(program, found);
      if (planned === undefined)
        throw new Error(`${file}: ${schedule} cannot be planned. ${diagnostics[0]?.message ?? ""}`);
      const { machine } = planned.program;
      const result = measure(planned.graph, machine, simulate(planned.graph, machine));
      made.set(key, { ...result, ranks: planned.graph.rankCount });
    }
    return made.get(key);
  }
  return Object.assign(predict, { check });
}
