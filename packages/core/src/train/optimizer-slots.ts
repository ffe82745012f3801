import {
  AdadeltaOptimizer,
  AdagradOptimizer,
  AdamaxOptimizer,
  AdamOptimizer,
  fill,
  MomentumOptimizer,
  type Optimizer,
  RMSPropOptimizer,
  SGDOptimizer,
  type Tensor,
  tidy,
  type Variable,
  zerosLike,
} from "@tensorflow/tfjs-core";

/** The slot of an optimizer for one variable, in the form of tfjs. */
export type Slot = { readonly originalName: string; readonly variable: Variable };

/** Where an optimizer keeps one slot per variable, by place. */
export type SlotList = {
  /** The field that holds the list. */
  readonly field: string;
  /** The name of a slot is that of its variable with this suffix. */
  readonly suffix: string;
};

/** Everything that a kind of optimizer remembers from step to step, besides its count of steps. */
export type SlotTable = {
  readonly lists: readonly SlotList[];
  /** Fields with one variable for all. */
  readonly scalars: readonly string[];
};

type Fields = { readonly [field: string]: unknown };
type Rule = (optimizer: Fields) => SlotTable;

const ADAM: Rule = () => ({
  lists: [
    { field: "accumulatedFirstMoment", suffix: "m" },
    { field: "accumulatedSecondMoment", suffix: "v" },
  ],
  scalars: ["accBeta1", "accBeta2"],
});

/** A class stands before those that it extends. */
const RULES: readonly (readonly [{ readonly prototype: Optimizer }, Rule])[] = [
  [MomentumOptimizer, () => listsOnly({ accumulations: "momentum" })],
  [SGDOptimizer, () => listsOnly({})],
  [AdamOptimizer, ADAM], // and AdamW
  [
    AdamaxOptimizer,
    () => ({
      lists: [
        { field: "accumulatedFirstMoment", suffix: "m" },
        { field: "accumulatedWeightedInfNorm", suffix: "v" },
      ],
      scalars: ["accBeta1", "iteration"],
    }),
  ],
  [AdagradOptimizer, () => listsOnly({ accumulatedGrads: "accumulator" })],
  [
    AdadeltaOptimizer,
    () => listsOnly({ accumulatedGrads: "accum_grad", accumulatedUpdates: "accum_var" }),
  ],
  [
    RMSPropOptimizer,
    ({ centered }) =>
      listsOnly({
        accumulatedMeanSquares: "rms",
        accumulatedMoments: "momentum",
        ...(centered ? { accumulatedMeanGrads: "mg" } : {}),
      }),
  ],
];

function listsOnly(suffixes: Readonly<Record<string, string>>): SlotTable {
  const lists = Object.entries(suffixes).map(([field, suffix]) => ({ field, suffix }));
  return { lists, scalars: [] };
}

/** What a `tf.train` optimizer remembers; undefined for a class that does not extend one of tfjs. */
export function slotTableOf(optimizer: Optimizer): SlotTable | undefined {
  // Not `instanceof`: in tfjs every optimizer is an instance of every class of optimizers.
  const rule = RULES.find(([{ prototype }]) =>
    Object.prototype.isPrototypeOf.call(prototype, optimizer),
  );
  return rule?.[1](optimizer as unknown as Fields);
}

/** The slot at a place; undefined before the first step. */
export function slotAt(
  optimizer: Optimizer,
  { field }: SlotList,
  place: number,
): Variable | undefined {
  return slotsIn(optimizer, field)[place]?.variable;
}

/** The slot at a place, made as the optimizer makes it before its first step if there is none. */
export function makeSlot(
  optimizer: Optimizer,
  { field, suffix }: SlotList,
  place: number,
  variable: Variable,
): Variable {
  const slots = slotsIn(optimizer, field);
  slots[place] ??= {
    originalName: `${variable.name}/${suffix}`,
    variable: tidy(() => initialSlot(optimizer, variable).variable(false)),
  };
  return slots[place].variable;
}

/** The value of a slot before the first step, in the active scope. */
export function initialSlot(optimizer: Optimizer, variable: Variable): Tensor {
  const { initialAccumulatorValue } = optimizer as unknown as Fields;
  return typeof initialAccumulatorValue === "number"
    ? fill(variable.shape, initialAccumulatorValue)
    : zerosLike(variable);
}

/** A variable that the optimizer has once. */
export function slotScalar(optimizer: Optimizer, field: string): Variable {
  return (optimizer as unknown as Fields)[field] as Variable;
}

/** Sets how many steps tfjs counts. */
export function setIterations(optimizer: Optimizer, count: number): void {
  (optimizer as unknown as { iterations_: number }).iterations_ = count;
}

function slotsIn(optimizer: Optimizer, field: string): Slot[] {
  return (optimizer as unknown as Fields)[field] as Slot[];
}
