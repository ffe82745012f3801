import {
  AdamOptimizer,
  engine,
  MomentumOptimizer,
  mul,
  type Optimizer,
  RMSPropOptimizer,
  SGDOptimizer,
  type Tensor,
  tidy,
  type Variable,
} from "@tensorflow/tfjs-core";
import type { FusedAttributes, FusedInputs, FusedKernels } from "../functions/fused-kernel.ts";
import { hasFusedKernel } from "../functions/run-fused.ts";
import { learningRateOf } from "../schedule/learning-rate.ts";
import { stepEffect, stepScalar } from "../step/step-observer.ts";
import { AdamWOptimizer } from "./adam-w.ts";
import { applyGradientsOf } from "./local-updates.ts";
import { makeSlot, type SlotTable, slotTableOf } from "./optimizer-slots.ts";

/** A variable and its gradient, if it has one in this step. */
export type Update = { readonly variable: Variable; readonly gradient: Tensor | undefined };

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
};

type OptimizerKernel = "AccSgd" | "AccMomentum" | "AccAdam" | "AccRmsProp";

/** The outputs of a kernel after the new value. */
type SlotName<Kernel extends OptimizerKernel> = Exclude<
  FusedKernels[Kernel]["outputs"][number],
  "value" | undefined
>;

/** How a step of one kind of optimizer is one kernel per variable. */
type RuleOf<Kernel extends OptimizerKernel> = {
  readonly kernel: Kernel;
  /** The inputs of the kernel for the slots, in the order of `slotTableOf` and of its outputs. */
  readonly slots: readonly SlotName<Kernel>[];
  readonly inputs?: (optimizer: Internals) => Partial<FusedInputs<Kernel, Tensor>>;
  readonly attributes: (optimizer: Internals, variable: Variable) => FusedAttributes<Kernel>;
  /** What happens once per step, after all variables. */
  readonly finish?: (optimizer: Internals) => void;
};

type Rule = { [Kernel in OptimizerKernel]: RuleOf<Kernel> }[OptimizerKernel];

const ADAM: RuleOf<"AccAdam"> = {
  kernel: "AccAdam",
  slots: ["firstMoment", "secondMoment"],
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
  [SGDOptimizer, { kernel: "AccSgd", slots: [], attributes: () => ({}) }],
  [
    MomentumOptimizer,
    {
      kernel: "AccMomentum",
      slots: ["accumulation"],
      attributes: ({ momentum, useNesterov }) => ({ momentum, useNesterov }),
    },
  ],
  [AdamOptimizer, ADAM],
  [AdamWOptimizer, ADAM],
  [
    RMSPropOptimizer,
    {
      kernel: "AccRmsProp",
      slots: ["meanSquare", "moment", "meanGradient"], // the last one only if it is centered
      attributes: ({ decay, momentum, epsilon, centered }) => {
        return { decay, momentum, epsilon, centered };
      },
    },
  ],
];

/**
 * For backends: does what `applyGradients` of a tfjs optimizer does, as one kernel per variable. The state of the
 * optimizer is kept as tfjs keeps it.
 *
 * @param updates always of the same variables in the same order: slots go by position.
 * @returns false, having done nothing, if the backend has no such kernel or the optimizer is another one.
 */
export function applyFused(optimizer: Optimizer, updates: readonly Update[]): boolean {
  const rule = ruleOf(optimizer);
  if (!rule || !hasFusedKernel(rule.kernel)) return false;
  const internals = optimizer as unknown as Internals;
  const { lists } = slotTableOf(optimizer) as SlotTable;
  tidy(() => {
    const learningRate = stepScalar("float32", () => learningRateOf(optimizer));
    const shared = { learningRate, ...rule.inputs?.(internals) };
    for (const [index, { variable, gradient }] of updates.entries()) {
      const own = lists.map((list) => makeSlot(optimizer, list, index, variable));
      if (!gradient) continue;
      const named = Object.fromEntries(own.map((slot, i) => [rule.slots[i], slot]));
      const outputs = engine().runKernel<Tensor | Tensor[]>(
        rule.kernel,
        { value: variable, gradient, ...named, ...shared },
        { ...rule.attributes(internals, variable) },
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

/** Only for optimizers that use the method of their tfjs class; one that overrides it is not fused. */
function ruleOf(optimizer: Optimizer): Rule | undefined {
  const applyGradients = applyGradientsOf(optimizer);
  return RULES.find(([{ prototype }]) => applyGradients === prototype.applyGradients)?.[1];
}
