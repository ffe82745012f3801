import { AcceleratorError, messageOf } from "../errors.ts";
import { foundText } from "../options/found-text.ts";
import { isPlainObject } from "../plain-object.ts";
import { isStateful, type Stateful } from "../stateful.ts";
import { checkState, differentVariable } from "./check-state.ts";
import { type Entry, entryOf } from "./entry.ts";
import { customFile } from "./file-names.ts";
import type { StoredTensor } from "./files/stored-tensor.ts";
import type { RestorePlan } from "./restore-plan.ts";
import { decodeState, encodeState, fillIn, isFillable, type StateTensors } from "./state-value.ts";
import type { TensorSource } from "./tensor-source.ts";

/** Objects of the user that belong to the state. */
export class CustomObjects {
  readonly #objects: object[] = [];

  /** @throws {AcceleratorError} `VALUE_INVALID` naming all that cannot be saved; then none is registered. */
  register(objects: readonly unknown[]): void {
    const faults = objects.flatMap((object, i) => {
      if (isStateful(object) || isFillable(object)) return [];
      const kind =
        typeof object === "object" && object !== null ? object.constructor.name : typeof object;
      return [`argument ${i} (${kind})`];
    });
    if (faults.length > 0 || objects.length === 0) {
      throw new AcceleratorError(
        "VALUE_INVALID",
        `registerForCheckpointing: ${faults.join(", ") || "nothing"} cannot be saved. Pass plain objects, lists, Maps or Sets, or ` +
          "objects with stateDict() and loadStateDict(state). Models, optimizers, schedulers and loaders are saved once they are prepared.",
      );
    }
    for (const object of objects as object[])
      if (!this.#objects.includes(object)) this.#objects.push(object);
  }

  /** What they hold now: one JSON value each, and their tensors. Every rank calls it; that of rank 0 is saved. */
  async save(): Promise<{ json: unknown[]; entries: Entry[] }> {
    const json: unknown[] = [];
    const entries: Entry[] = [];
    for (const [i, object] of this.#objects.entries()) {
      const tensors: StateTensors = new Map();
      const state = isStateful(object) ? await stateOf(object, i) : object;
      json.push(encodeState(state, tensors));
      for (const [name, source] of tensors) {
        entries.push(entryOf(`${customFile(i)}.safetensors`, name, source));
      }
    }
    return { json, entries };
  }

  plan(saved: readonly unknown[], source: TensorSource, plan: RestorePlan): void {
    if (saved.length !== this.#objects.length) {
      plan.mismatch(
        "CHECKPOINT_MODEL_MISMATCH",
        `the checkpoint has ${saved.length} object(s) of registerForCheckpointing, and ${this.#objects.length} are registered.`,
      );
    }
    for (const [i, object] of this.#objects.entries()) {
      if (i >= saved.length) continue;
      const tensors = source.get(`${customFile(i)}.safetensors`) ?? new Map();
      if (!isStateful(object)) requireSameKind(object, saved[i], i);
      requireDecodable(saved[i], tensors, i);
      if (!isStateful(object)) requireSameVariables(object, saved[i], tensors, i);
      plan.commits.push(async () => {
        const state = decodeState(saved[i], tensors);
        if (!isStateful(object)) fillIn(object, state as object);
        else {
          try {
            await object.loadStateDict(state as never);
          } catch (error) {
            throw new AcceleratorError(
              "CHECKPOINT_FAILED",
              `loadState: loadStateDict of object ${i} of registerForCheckpointing failed, after the models and optimizers were loaded: ${messageOf(error)}`,
              { cause: error },
            );
          }
        }
      });
    }
  }
}

async function stateOf(object: Stateful, index: number): Promise<unknown> {
  try {
    return await object.stateDict();
  } catch (error) {
    throw new AcceleratorError(
      "CHECKPOINT_FAILED",
      `saveState: stateDict of object ${index} of registerForCheckpointing failed: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** @throws {AcceleratorError} `CHECKPOINT_DAMAGED`: before anything is changed. */
function requireDecodable(
  json: unknown,
  tensors: ReadonlyMap<string, StoredTensor>,
  index: number,
): void {
  try {
    checkState(json, tensors);
  } catch (error) {
    throw new AcceleratorError(
      "CHECKPOINT_DAMAGED",
      `loadState: object ${index} of registerForCheckpointing is damaged in the checkpoint: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** @throws {AcceleratorError} `CHECKPOINT_MODEL_MISMATCH` if a variable of the object would get a tensor of another form. */
function requireSameVariables(
  object: object,
  json: unknown,
  tensors: ReadonlyMap<string, StoredTensor>,
  index: number,
): void {
  const difference = differentVariable(object, json, tensors, "");
  if (difference === undefined) return;
  throw new AcceleratorError(
    "CHECKPOINT_MODEL_MISMATCH",
    `loadState: object ${index} of registerForCheckpointing has another form than in the checkpoint: ${difference}.`,
  );
}

function requireSameKind(object: object, saved: unknown, index: number): void {
  const [now, before] = [kindOf(object), kindOfSaved(saved)];
  if (now === before) return;
  throw new AcceleratorError(
    "CHECKPOINT_MODEL_MISMATCH",
    `loadState: object ${index} of registerForCheckpointing is ${now}, and ${before} in the checkpoint. Register the same objects ` +
      "in the same order.",
  );
}

function kindOf(object: object): string {
  if (Array.isArray(object)) return "a list";
  if (object instanceof Map) return "a Map";
  return object instanceof Set ? "a Set" : "an object";
}

function kindOfSaved(json: unknown): string {
  if (Array.isArray(json)) return "a list";
  if (!isPlainObject(json)) return foundText(json);
  const { $: kind } = json;
  if (kind === "map") return "a Map";
  if (kind === "set") return "a Set";
  return kind === undefined || kind === "object" ? "an object" : `of the kind ${foundText(kind)}`;
}
