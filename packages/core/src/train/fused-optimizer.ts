import {
  AdamOptimizer,
  engine,
  MomentumOptimizer,
  mul,
  type NamedAttrMap,
  type Optimizer,
  RMSPropOptimizer,
  SGDOptimizer,
  type Tensor,
  tidy,
  type Variable,
  zerosLike,
} from "@tensorflow/tfjs-core";
import { type FusedKernel, hasFusedKernel } from "../functions/fused-kernel.ts";
import { learningRateOf } from "../schedule/learning-rate.ts";
import { AdamWOptimizer } from "./adam-w.ts";
import { stepEffect, stepScalar } from "./step-observer.ts";

/** A variable and its gradient, if it has one in this step. */
export type Update = { readonly variable: Variable; readonly gradient: Tensor | undefined };

/** What an optimizer remembers of one variable, in the form of tfjs. */
type Slot = { readonly originalName: string; readonly variable: Variable };

/** The members of tfjs's optimizers that their types hide. */
type Internals = {
  readonly incrementIterations: () => void;
  readonly momentum: number;
  readonly useNesterov: boolean;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly decay: number;
  readonly centered: boolean;
  readonly decayOf?: AdamWOptimizer["decayOf"];
  readonly accBeta1: Variable;
  readonly accBeta2: Variable;
} & { [field in SlotField]: Slot[] };

type SlotField =
  | "accumulations"
  | "accumulatedFirstMoment"
  | "accumulatedSecondMoment"
  | "accumulatedMeanSquares"
  | "accumulatedMoments"
  | "accumulatedMeanGrads";

/** How a step of one kind of optimizer is one kernel per variable. */
type Rule = {
  readonly kernel: FusedKernel;
  /** Inputs of the kernel by name, and where tfjs keeps them: a list by place, named with a suffix. */
  readonly slots: (optimizer: Internals) => Readonly<Record<string, readonly [SlotField, string]>>;
  readonly inputs?: (optimizer: Internals) => Readonly<Record<string, Tensor>>;
  readonly attributes: (optimizer: Internals, variable: Variable) => NamedAttrMap;
  /** What happens once per step, after all variables. */
  readonly finish?: (optimizer: Internals) => void;
};

const ADAM: Rule = {
  kernel: "AccAdam",
  slots: () => ({
    firstMoment: ["accumulatedFirstMoment", "m"],
    secondMoment: ["accumulatedSecondMoment", "v"],
  }),
  inputs: ({ accBeta1, accBeta2 }) => ({ accBeta1, accBeta2 }),
  attributes: (optimizer, variable) => {
    const { beta1, beta2, epsilon } = optimizer;
    return { beta1, beta2, epsilon, weightDecay: optimizer.decayOf?.(variable) ?? 0 };
  },
  finish: ({ accBeta1, accBeta2, beta1, beta2 }) => {
    accBeta1.assign(mul(accBeta1, beta1));
    accBeta2.assign(mul(accBeta2, beta2));
  },
};

const RULES: readonly (readonly [{ readonly prototype: Optimizer }, Rule])[] = [
  [SGDOptimizer, { kernel: "AccSgd", slots: () => ({}), attributes: () => ({}) }],
  [
    MomentumOptimizer,
    {
      kernel: "AccMomentum",
      slots: () => ({ accumulation: ["accumulations", "momentum"] }),
      attributes: ({ momentum, useNesterov }) => ({ momentum, useNesterov }),
    },
  ],
  [AdamOptimizer, ADAM],
  [AdamWOptimizer, ADAM],
  [
    RMSPropOptimizer,
    {
      kernel: "AccRmsProp",
      slots: ({ centered }) => ({
        meanSquare: ["accumulatedMeanSquares", "rms"],
        moment: ["accumulatedMoments", "momentum"],
        ...(centered ? { meanGradient: ["accumulatedMeanGrads", "mg"] } : {}),
      }),
      attributes: ({ decay, momentum, epsilon, centered }) => {
        return { decay, momentum, epsilon, centered };
      },
    },
  ],
];

/**
 * For backends: does what `applyGradients` of a tfjs optimizer does, as one kernel per variable. Its outputs are the new
 * value and the new slots, in the order of the inputs. The optimizer's own state is kept as tfjs keeps it.
 *
 * @param updates always of the same variables in the same order: slots go by position.
 * @returns false, having done nothing, if the backend has no such kernel or the optimizer is another one.
 */
export function applyFused(optimizer: Optimizer, updates: readonly Update[]): boolean {
  const rule = ruleOf(optimizer);
  if (!rule || !hasFusedKernel(rule.kernel)) return false;
  const internals = optimizer as unknown as Internals;
  const slots = Object.entries(rule.slots(internals));
  tidy(() => {
    const learningRate = stepScalar("float32", () => learningRateOf(optimizer));
    const shared = { learningRate, ...rule.inputs?.(internals) };
    for (const [index, { variable, gradient }] of updates.entries()) {
      const own = slots.map(([, [field, suffix]]) =>
        slotOf(internals[field], index, variable, suffix),
      );
      if (!gradient) continue;
      const named = Object.fromEntries(slots.map(([name], i) => [name, own[i] as Variable]));
      const outputs = engine().runKernel<Tensor | Tensor[]>(
        rule.kernel,
        { value: variable, gradient, ...named, ...shared },
        rule.attributes(internals, variable),
      );
      const [value, ...rest] = Array.isArray(outputs) ? outputs : [outputs];
      variable.assign(value as Tensor);
      for (const [i, slot] of own.entries()) slot.assign(rest[i] as Tensor);
    }
    rule.finish?.(internals);
  });
  stepEffect(() => internals.incrementIterations());
  return true;
}

/** Of an optimizer that does what its class in tfjs does; one that overrides it goes its own way. */
function ruleOf(optimizer: Optimizer): Rule | undefined {
  return RULES.find(
    ([{ prototype }]) => optimizer.applyGradients === prototype.applyGradients,
  )?.[1];
}

function slotOf(slots: Slot[], index: number, variable: Variable, suffix: string): Variable {
  slots[index] ??= {
    originalName: `${variable.name}/${suffix}`,
    variable: tidy(() => zerosLike(variable).variable(false)),
  };
  return slots[index].variable;
}
