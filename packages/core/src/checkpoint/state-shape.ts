import { AcceleratorError } from "../errors.ts";
import { foundText } from "../options/found-text.ts";
import { type OptionRule, obeys, wantedBy } from "../options/option-rule.ts";
import { STATE_FILE } from "./file-names.ts";

/** The form of a value of state.json. Members that are not named may be there, with any value. */
type Shape =
  | OptionRule
  | { readonly list: Shape; readonly length?: number; readonly least?: number }
  | { readonly members: Members; readonly optional?: Members }
  | { readonly is: (value: unknown) => boolean; readonly wanted: string };
type Members = { readonly [name: string]: Shape };

const COUNT: OptionRule = { integerFrom: 0 };
const POSITIVE: OptionRule = { integerFrom: 1 };
const COUNTS: Shape = { list: COUNT };
const NAMES: Shape = { list: "string" };
/** Losses may be infinite or NaN. */
const NUMBER: Shape = { is: (value) => typeof value === "number", wanted: "a number" };
const ORDER: Shape = { is: (value) => value instanceof Int32Array, wanted: "an Int32Array" };
/** Of xoshiro128**. */
const RANDOM: Shape = { list: { integerFrom: 0, below: 2 ** 32 }, length: 4 };

const MODEL: Shape = {
  members: {
    file: "string",
    variables: { list: { members: { name: "string", dtype: "string", shape: COUNTS } } },
  },
  optional: { byHook: { oneOf: [true] } },
};

const OPTIMIZER: Shape = {
  members: {
    ...{ file: "string", className: "string", learningRate: "number", config: "object" },
    ...{ iterations: COUNT, completedSteps: COUNT, places: NAMES },
  },
  optional: { initialLearningRate: "number" },
};

const SCHEDULER: Shape = {
  members: {
    state: "object", // the scheduler checks it
    counting: { members: { unit: "string", processSteps: POSITIVE, samplesWaiting: "number" } },
  },
};

const FITS: Shape = {
  members: {
    finished: COUNTS,
    running: {
      members: {
        ...{ facts: "object", epoch: COUNT, batches: COUNT },
        values: { list: { list: NUMBER } },
      },
      optional: { order: ORDER },
    },
  },
};

const RANK: Shape = {
  members: {
    dropout: { members: { step: COUNT, call: COUNT } },
    ...{ gradients: NAMES, changed: NAMES },
  },
  optional: {
    random: {
      members: {
        seeds: { members: { seed: "integer", threadSeed: "integer", rank: COUNT } },
        ...{ thread: RANDOM, ofRank: RANDOM },
      },
    },
    items: { list: { anyOf: ["number", { oneOf: [null] }] } },
    differs: "boolean",
  },
};

const STATE: Shape = {
  members: {
    accumulation: {
      members: { step: COUNT, syncGradients: "boolean", samplesSeen: COUNT, numSteps: POSITIVE },
    },
    ...{ models: { list: MODEL }, optimizers: { list: OPTIMIZER } },
    ...{
      schedulers: { list: SCHEDULER },
      loaders: { list: "object" },
      ranks: { list: RANK, least: 1 },
    }, // loaders check theirs
  },
  optional: {
    scaler: { members: { scale: { numberAbove: 0 }, growthTracker: COUNT } },
    ...{ fits: FITS, globalBatch: COUNT },
    localTurns: { list: { members: { steps: COUNT, outerSize: COUNT } } },
  },
};

/**
 * Checks state.json as a whole, so that no part of it is loaded if another one cannot be.
 *
 * @throws {AcceleratorError} `CHECKPOINT_DAMAGED` naming the first member that has another form.
 */
export function requireStateShape(state: unknown): void {
  requireShape(state, STATE, "");
}

function requireShape(value: unknown, shape: Shape, place: string): void {
  if (typeof shape !== "string" && "list" in shape) {
    const { list, length, least = length ?? 0 } = shape;
    const isList = Array.isArray(value) && value.length >= least;
    if (!isList || value.length > (length ?? value.length)) {
      throw damaged(
        place,
        least === 0 ? "a list" : `a list of ${length ?? `at least ${least}`}`,
        value,
      );
    }
    for (const [i, item] of value.entries()) requireShape(item, list, `${place}[${i}]`);
    return;
  }
  if (typeof shape !== "string" && "members" in shape) {
    if (!obeys(value, "object")) throw damaged(place, "an object", value);
    const given = value as { readonly [name: string]: unknown };
    for (const [name, member] of Object.entries(shape.members)) {
      requireShape(given[name], member, `${place}.${name}`);
    }
    for (const [name, member] of Object.entries(shape.optional ?? {})) {
      if (given[name] !== undefined) requireShape(given[name], member, `${place}.${name}`);
    }
    return;
  }
  if (typeof shape !== "string" && "is" in shape) {
    if (!shape.is(value)) throw damaged(place, shape.wanted, value);
  } else if (!obeys(value, shape)) throw damaged(place, wantedBy(shape), value);
}

function damaged(place: string, wanted: string, value: unknown): AcceleratorError {
  const name = place === "" ? "it" : place.slice(1);
  return new AcceleratorError(
    "CHECKPOINT_DAMAGED",
    `loadState: ${STATE_FILE} of the checkpoint is damaged: ${name} must be ${wanted}, got ${foundText(value)}. Use another ` +
      "checkpoint, or a copy of this one.",
  );
}
