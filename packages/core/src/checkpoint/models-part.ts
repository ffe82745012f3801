import type { Variable } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import type { ModelVariables } from "../train/model-variables.ts";
import { assignStored } from "./assign-stored.ts";
import { type Entry, entryOf } from "./entry.ts";
import { numbered } from "./file-names.ts";
import { matchVariables, type SavedVariable } from "./model-match.ts";
import type { RestorePlan } from "./restore-plan.ts";
import { requireStored, type TensorSource } from "./tensor-source.ts";

/** The models in state.json. */
export type SavedModel = {
  readonly file: string;
  /** In the order of the model. */
  readonly variables: readonly SavedVariable[];
  /** A hook of the user saves it: the file does not exist. */
  readonly byHook?: true;
};

/**
 * Every variable of every model, trained or not. A variable that two models share is in the file of each.
 *
 * @param isLeftOut whether a hook of the user saves the model at this place.
 */
export function saveModels(
  models: readonly ModelVariables[],
  isLeftOut: (index: number) => boolean,
): { json: SavedModel[]; entries: Entry[] } {
  const entries: Entry[] = [];
  const json = models.map((model, i): SavedModel => {
    const file = numbered("model", i, "safetensors");
    const variables = model.all.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
    if (isLeftOut(i)) return { file, variables, byHook: true };
    entries.push(...model.all.map((variable) => entryOf(file, variable.name, variable)));
    return { file, variables };
  });
  return { json, entries };
}

/** The variables of the models by the names that they had when the checkpoint was written. */
export type KnownVariables = ReadonlyMap<string, Variable>;

/**
 * Plans to load models, by their order.
 *
 * @param isLeftOut whether a hook of the user loads the model at this place.
 * @returns the variables that were found, for what else the checkpoint holds of them.
 * @throws {AcceleratorError} `CHECKPOINT_MODEL_MISMATCH`.
 */
export function planModels(
  saved: readonly SavedModel[],
  models: readonly ModelVariables[],
  {
    source,
    isLeftOut,
  }: { readonly source: TensorSource; readonly isLeftOut: (index: number) => boolean },
  plan: RestorePlan,
): KnownVariables {
  const known = new Map<string, Variable>();
  plan.requireCount("model", saved.length, models.length);
  for (const [i, model] of models.entries()) {
    const one = saved[i];
    if (!one) continue;
    const label = models.length === 1 ? "the model" : `model ${i}`;
    if (one.byHook && !isLeftOut(i)) {
      plan.mismatch(
        "CHECKPOINT_MODEL_MISMATCH",
        `${label} was saved by a hook of registerSaveStatePreHook; register the hook that loads it.`,
      );
      continue;
    }
    const { pairs, notice } = matchVariables(one.variables, model.all, {
      model: label,
      strict: plan.strict,
    });
    if (notice !== undefined) plan.notices.push(notice);
    for (const [variable, { name, dtype, shape }] of pairs) {
      const before = known.get(name);
      if (before && before !== variable) {
        throw new AcceleratorError(
          "CHECKPOINT_MODEL_MISMATCH",
          `loadState: two models of the checkpoint share the variable "${name}"; of those that are prepared, each has one ` +
            "of its own. Share it again.",
        );
      }
      known.set(name, variable);
      if (before || isLeftOut(i)) continue;
      const stored = requireStored(source, one.file, name, { dtype, shape });
      plan.commits.push(() => assignStored(variable, stored));
    }
  }
  return known;
}
