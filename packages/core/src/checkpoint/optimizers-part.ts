import { type Optimizer, tidy, type Variable } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { learningRateOf } from "../schedule/learning-rate.ts";
import type { AcceleratedOptimizer } from "../train/accelerated-optimizer.ts";
import {
  initialSlot,
  makeSlot,
  setIterations,
  slotAt,
  slotScalar,
  slotTableOf,
} from "../train/optimizer-slots.ts";
import { assignStored } from "./assign-stored.ts";
import { type Entry, entryOf, type Spec } from "./entry.ts";
import { numbered } from "./file-names.ts";
import type { KnownVariables } from "./models-part.ts";
import type { RestorePlan } from "./restore-plan.ts";
import { requireStored, type TensorSource } from "./tensor-source.ts";

/** An optimizer in state.json. */
export type SavedOptimizer = {
  readonly file: string;
  readonly className: string;
  readonly learningRate: number;
  /** When it was prepared; undefined in checkpoints of versions that did not know. */
  readonly initialLearningRate?: number;
  /** The settings that it was made with. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Steps as tfjs counts them. */
  readonly iterations: number;
  readonly completedSteps: number;
  /** Names of the variables that have slots. */
  readonly places: readonly string[];
};

export function saveOptimizers(optimizers: readonly AcceleratedOptimizer[]): {
  json: SavedOptimizer[];
  entries: Entry[];
} {
  const entries: Entry[] = [];
  const json = optimizers.map((prepared, i) => {
    const { optimizer, places, completedSteps } = prepared;
    const file = numbered("optimizer", i, "safetensors");
    const { lists, scalars } = requireTable(optimizer);
    for (const [place, variable] of places.entries()) {
      for (const list of lists) {
        const slot = slotAt(optimizer, list, place);
        if (slot) entries.push(entryOf(file, `${variable.name}/${list.suffix}`, slot));
      }
    }
    for (const field of scalars) entries.push(entryOf(file, field, slotScalar(optimizer, field)));
    return {
      ...{ file, completedSteps, className: optimizer.getClassName() },
      learningRate: learningRateOf(optimizer),
      initialLearningRate: prepared.initialLearningRate,
      config: optimizer.getConfig() as Record<string, unknown>,
      iterations: optimizer.iterations,
      places: places.map(({ name }) => name),
    };
  });
  return { json, entries };
}

/** @throws {AcceleratorError} `CHECKPOINT_MODEL_MISMATCH` for other optimizers. */
export function planOptimizers(
  saved: readonly SavedOptimizer[],
  optimizers: readonly AcceleratedOptimizer[],
  { source, known }: { readonly source: TensorSource; readonly known: KnownVariables },
  plan: RestorePlan,
): void {
  plan.requireCount("optimizer", saved.length, optimizers.length);
  for (const [i, prepared] of optimizers.entries()) {
    const one = saved[i];
    if (!one) continue;
    const className = prepared.optimizer.getClassName();
    if (one.className === className) planOptimizer(one, prepared, { source, known }, plan);
    else {
      plan.mismatch(
        "CHECKPOINT_MODEL_MISMATCH",
        `optimizer ${i} is ${className}, and ${one.className} in the checkpoint. Make the same one, or leave its state out ` +
          "with { strict: false }.",
      );
    }
  }
}

function planOptimizer(
  saved: SavedOptimizer,
  prepared: AcceleratedOptimizer,
  { source, known }: { readonly source: TensorSource; readonly known: KnownVariables },
  plan: RestorePlan,
): void {
  const { optimizer } = prepared;
  const { lists, scalars } = requireTable(optimizer);
  noteSettings(saved, optimizer, plan);
  const found = saved.places.flatMap((name) => {
    const variable = known.get(name);
    if (!variable)
      plan.mismatch("CHECKPOINT_MODEL_MISMATCH", `no prepared model has the variable "${name}".`);
    return variable ? [{ name, variable }] : [];
  });
  for (const field of scalars) {
    const target = slotScalar(optimizer, field);
    const stored = requireStored(source, saved.file, field, target);
    plan.commits.push(() => assignStored(target, stored));
  }
  const values = found.map(({ name, variable }) => ({
    variable,
    slots: lists.map(({ suffix }) => {
      const stored = source.get(saved.file)?.get(`${name}/${suffix}`);
      return (
        stored &&
        requireStored(source, saved.file, `${name}/${suffix}`, {
          dtype: "float32",
          shape: variable.shape,
        })
      );
    }),
  }));
  plan.commits.push(() => {
    const variables = values.map(({ variable }) => variable);
    prepared.restorePlaces(variables, saved.completedSteps);
    const bySlot = new Map(values.map(({ variable, slots }) => [variable, slots]));
    for (const [place, variable] of prepared.places.entries()) {
      for (const [i, list] of lists.entries()) {
        const stored = bySlot.get(variable)?.[i];
        if (stored) assignStored(makeSlot(optimizer, list, place, variable), stored);
        else resetSlot(optimizer, variable, slotAt(optimizer, list, place));
      }
    }
    setIterations(optimizer, saved.iterations);
  });
}

/** In the file of a rank: a slot that differs from that of rank 0. */
export const OWN_SLOT = "optimizer/";

export function ownSlotName({ file, name }: Pick<Spec, "file" | "name">): string {
  return `${OWN_SLOT}${file}/${name}`;
}

/** The slots of restored optimizers by the names that they have in the file of a rank. */
export function slotsByOwnName(
  saved: readonly SavedOptimizer[],
  optimizers: readonly AcceleratedOptimizer[],
  known: KnownVariables,
): Map<string, Variable> {
  const slots = new Map<string, Variable>();
  for (const [i, { optimizer, places }] of optimizers.entries()) {
    const one = saved[i];
    if (one?.className !== optimizer.getClassName()) continue;
    const { lists, scalars } = requireTable(optimizer);
    const nameOf = (name: string) => ownSlotName({ file: one.file, name });
    for (const field of scalars) slots.set(nameOf(field), slotScalar(optimizer, field));
    for (const name of one.places) {
      const place = places.indexOf(known.get(name) as Variable);
      for (const list of lists) {
        const slot = place < 0 ? undefined : slotAt(optimizer, list, place);
        if (slot) slots.set(nameOf(`${name}/${list.suffix}`), slot);
      }
    }
  }
  return slots;
}

/** A slot that the checkpoint does not have: its variable had no gradient until then. */
function resetSlot(optimizer: Optimizer, variable: Variable, slot: Variable | undefined): void {
  if (slot) tidy(() => slot.assign(initialSlot(optimizer, variable)));
}

/** Settings are the script's: a user may change them on purpose. */
function noteSettings(saved: SavedOptimizer, optimizer: Optimizer, plan: RestorePlan): void {
  const now = optimizer.getConfig() as Record<string, unknown>;
  for (const [name, value] of Object.entries(now)) {
    if (name === "learningRate" || Object.is(value, saved.config[name])) continue;
    plan.notices.push(
      `${name} of the ${saved.className} optimizer is ${String(value)}, and was ${String(saved.config[name])} when the checkpoint ` +
        "was written; it stays as the script says.",
    );
  }
}

function requireTable(optimizer: Optimizer): NonNullable<ReturnType<typeof slotTableOf>> {
  const table = slotTableOf(optimizer);
  if (table) return table;
  throw new AcceleratorError(
    "VALUE_INVALID",
    `The optimizer ${optimizer.getClassName()} extends none of those of tfjs, so it is not known what it remembers. ` +
      "Extend one of them.",
  );
}
