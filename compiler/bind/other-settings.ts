/** What `--set` gives that no definition of a file stands for. */
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import { locate } from "./bound-program.js";
import { plain } from "./quantity.js";
import type { OtherSetting, Settings } from "./settings.js";
import { expectDimension, expectWhole } from "./sizes.js";
import type { Values } from "./values.js";

/** How many times as fast as they are described all links are: 1 where nothing else is set, or what is set is wrong, which is reported. */
export function linkSpeedOf(settings: Settings, values: Values, diagnostics: DiagnosticCollector): number {
  const found = numberOf("links speed", settings, values);
  if (!found) return 1;
  const what = "The speed of links";
  const { quantity, file, expression } = found;
  const speed = expectDimension(quantity, plain, { diagnostics, file, expression, what });
  if (speed === undefined || speed > 0) return speed ?? 1;
  diagnostics.report("value-out-of-range", locate(file, expression), { what, expected: "above 0", value: speed });
  return 1;
}

/** The seed from which a run's inputs are drawn; undefined where none is set, or a wrong one, which is reported. */
export function inputSeedOf(settings: Settings, values: Values, diagnostics: DiagnosticCollector): number | undefined {
  const found = numberOf("inputs seed", settings, values);
  if (!found) return undefined;
  const { quantity, ...place } = found;
  return expectWhole(quantity, 0, Number.MAX_SAFE_INTEGER, { diagnostics, ...place, what: "A seed" });
}

function numberOf(name: OtherSetting, { others }: Settings, values: Values) {
  const setting = others.get(name);
  const quantity = setting && values.evaluate(setting.value, setting.file);
  return quantity && { quantity, file: setting.file, expression: setting.value };
}
