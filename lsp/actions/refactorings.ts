/** All changes of a program that leave what it computes as it is. */
import type { Refactoring } from "./action.js";
import { extractLayer } from "./extract-layer.js";
import { inlineLayer } from "./inline-layer.js";
import { inlineParam } from "./inline-param.js";
import { overlapValues } from "./overlap-values.js";
import { splitAxis } from "./split-axis.js";

export const refactorings: readonly Refactoring[] = [extractLayer, inlineLayer, inlineParam, overlapValues, splitAxis];
