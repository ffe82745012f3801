import {
  AdamOptimizer,
  engine,
  mul,
  type Optimizer,
  tidy,
  type Variable,
} from "@tensorflow/tfjs-core";
import { checkArgument, checkOptions } from "../options/check-options.ts";
import type { OptionRules } from "../options/option-rule.ts";

export type AdamWOptions = {
  /** Decay of the mean of the gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of their squares. Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Weight decay: every step subtracts this share of a weight, times the learning rate. Default 0.01. */
  readonly weightDecay?: number;
  /** Whether a variable decays; all do by default. Biases and the gains of norms are often left out. */
  readonly decays?: (variable: Variable) => boolean;
};

const RULES: OptionRules<AdamWOptions> = {
  beta1: { numberFrom: 0, below: 1 },
  beta2: { numberFrom: 0, below: 1 },
  epsilon: { numberAbove: 0 },
  weightDecay: { numberFrom: 0 },
  decays: "function",
};

/** Adam with decoupled weight decay (Loshchilov and Hutter). A `tf.train` optimizer. */
export class AdamWOptimizer extends AdamOptimizer {
  readonly weightDecay: number;
  readonly #decays: (variable: Variable) => boolean;

  /** Its name where optimizers are serialised. */
  static override get className(): string {
    return "AdamW";
  }

  constructor(learningRate: number, options: AdamWOptions = {}) {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 } = options;
    super(learningRate, beta1, beta2, epsilon);
    this.weightDecay = weightDecay;
    this.#decays = options.decays ?? (() => true);
  }

  /** The weight decay of a variable: 0 if it is excluded. */
  decayOf(variable: Variable): number {
    return this.#decays(variable) ? this.weightDecay : 0;
  }

  override applyGradients(gradients: Parameters<Optimizer["applyGradients"]>[0]): void {
    const named = Array.isArray(gradients)
      ? gradients.map(({ name, tensor }) => [name, tensor] as const)
      : Object.entries(gradients);
    for (const [name, gradient] of named) {
      const variable = engine().registeredVariables[name];
      if (variable && gradient) this.#decay(variable);
    }
    super.applyGradients(gradients as Parameters<AdamOptimizer["applyGradients"]>[0]);
  }

  override getConfig(): ReturnType<AdamOptimizer["getConfig"]> {
    return { ...super.getConfig(), weightDecay: this.weightDecay };
  }

  #decay(variable: Variable): void {
    const share = this.learningRate * this.decayOf(variable);
    if (share !== 0) tidy(() => variable.assign(mul(variable, 1 - share)));
  }
}

/**
 * An AdamW optimizer.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` if a number is out of range.
 */
export function adamW(learningRate: number, options: AdamWOptions = {}): AdamWOptimizer {
  checkOptions("adamW", options, RULES, { betas: "use beta1 and beta2" });
  checkArgument("adamW", "the learning rate", learningRate, { numberFrom: 0 });
  return new AdamWOptimizer(learningRate, options);
}
