import { mul, type Tensor, tidy, type Variable } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { checkOptions } from "../options/check-options.ts";
import type { OptionRules } from "../options/option-rule.ts";
import { withoutGradients } from "../step/autograd.ts";
import type { Gradients } from "./gradients.ts";

/** As `GradScaler` of PyTorch. */
export type GradScalerOptions = {
  /** The factor of the first losses. Default 65536. */
  readonly initScale?: number;
  /** What the scale is multiplied by after `growthInterval` good steps, above 1. Default 2. */
  readonly growthFactor?: number;
  /** What it is multiplied by after a step with an overflow, between 0 and 1. Default 0.5. */
  readonly backoffFactor?: number;
  /** Default 2000. */
  readonly growthInterval?: number;
  /** If false there is no scaler. Default true. */
  readonly enabled?: boolean;
};

export type GradScalerState = { readonly scale: number; readonly growthTracker: number };

const RULES: OptionRules<GradScalerOptions> = {
  initScale: "number",
  growthFactor: "number",
  backoffFactor: "number",
  growthInterval: { integerFrom: 1 },
  enabled: "boolean",
};

/**
 * Multiplies losses by a scale, so that small gradients survive an exchange in 16 bits. Gradients are divided by it as soon
 * as a window has ended and they are exchanged. If one is infinite or NaN then, the optimizer skips its step, and the scale
 * gets smaller. All ranks see the same gradients, and so they decide alike.
 */
export class GradScaler {
  readonly #options: Required<GradScalerOptions>;
  readonly #gradients: Gradients;
  #scale: number;
  #growthTracker = 0;
  /** Those whose gradient is multiplied by the scale now. */
  readonly #scaled = new Set<Variable>();
  /** Those whose gradient was infinite or NaN when it was unscaled. */
  readonly #overflowed = new Set<Variable>();

  constructor(options: Required<GradScalerOptions>, gradients: Gradients) {
    this.#options = options;
    this.#gradients = gradients;
    this.#scale = options.initScale;
  }

  /** What losses are multiplied by now. */
  get scale(): number {
    return this.#scale;
  }

  /** Good steps since the scale has changed. */
  get growthTracker(): number {
    return this.#growthTracker;
  }

  stateDict(): GradScalerState {
    return { scale: this.#scale, growthTracker: this.#growthTracker };
  }

  /** Goes on with this state; gradients that are there count as unscaled. */
  loadStateDict({ scale, growthTracker }: GradScalerState): void {
    this.#scale = scale;
    this.#growthTracker = growthTracker;
    this.clear();
  }

  /** Forgets about all gradients. @internal */
  clear(): void {
    this.#scaled.clear();
    this.#overflowed.clear();
  }

  /** Variables are about to get gradients that are multiplied by the scale: those that are there become so too. @internal */
  prepareFor(variables: readonly Variable[]): void {
    for (const variable of variables) {
      const gradient = this.#gradients.get(variable);
      if (!gradient) this.#overflowed.delete(variable);
      else if (!this.#scaled.has(variable)) this.#multiply(variable, gradient, this.#scale);
      this.#scaled.add(variable);
    }
  }

  /** Divides gradients by the scale, once, and notes which are not finite. @internal */
  unscale(variables: Iterable<Variable>): void {
    for (const variable of variables) {
      const gradient = this.#gradients.get(variable);
      if (gradient && this.#scaled.has(variable)) this.#unscaleOne(variable, gradient);
    }
  }

  /** The same after an exchange: also gradients that are unscaled already have changed. @internal */
  unscaleExchanged(isExchanged: (variable: Variable) => boolean): void {
    for (const [variable, gradient] of [...this.#gradients.entries()]) {
      if (isExchanged(variable)) this.#unscaleOne(variable, gradient);
    }
  }

  #unscaleOne(variable: Variable, gradient: Tensor): void {
    if (isAllFinite(gradient)) this.#overflowed.delete(variable);
    else this.#overflowed.add(variable);
    if (this.#scaled.delete(variable)) this.#multiply(variable, gradient, 1 / this.#scale);
  }

  /** Whether an optimizer must not apply the gradients of these variables. @internal */
  hasOverflow(variables: readonly Variable[]): boolean {
    this.unscale(variables);
    return variables.some((one) => this.#overflowed.has(one) && this.#gradients.has(one));
  }

  /** An optimizer has made its step, or skipped it. @internal */
  update(hasOverflow: boolean): void {
    const { growthFactor, backoffFactor, growthInterval } = this.#options;
    const before = this.#scale;
    this.#growthTracker = hasOverflow ? 0 : this.#growthTracker + 1;
    if (hasOverflow) this.#scale *= backoffFactor;
    else if (this.#growthTracker === growthInterval) {
      if (Number.isFinite(Math.fround(before * growthFactor))) this.#scale *= growthFactor;
      this.#growthTracker = 0;
    }
    this.#rescale(before);
  }

  /** Goes on with the scale of another rank. @internal */
  follow(scale: number): void {
    const before = this.#scale;
    this.#scale = scale;
    this.#rescale(before);
  }

  /** Windows of other models that are still open go on with the new scale. */
  #rescale(before: number): void {
    if (this.#scale === before) return;
    for (const variable of this.#scaled) {
      const gradient = this.#gradients.get(variable);
      if (gradient) this.#multiply(variable, gradient, this.#scale / before);
    }
  }

  #multiply(variable: Variable, gradient: Tensor, factor: number): void {
    withoutGradients(() => tidy(() => this.#gradients.set(variable, mul(gradient, factor))));
  }
}

function isAllFinite(gradient: Tensor): boolean {
  // Infinity and NaN times 0 are NaN, and NaN stays in a sum.
  let sum = 0;
  for (const value of gradient.dataSync()) sum += value * 0;
  return sum === 0;
}

/** @returns undefined if there is to be no scaler. @throws {AcceleratorError} `OPTION_INVALID`. */
export function resolveGradScaler(
  options: GradScalerOptions | undefined,
): Required<GradScalerOptions> | undefined {
  if (!options) return undefined;
  checkOptions("gradScaler", options, RULES);
  const resolved = {
    ...{ initScale: 65536, growthFactor: 2, backoffFactor: 0.5, growthInterval: 2000 },
    ...{ enabled: true, ...options },
  };
  const { initScale, growthFactor, backoffFactor } = resolved;
  const requirements = [
    ["initScale", initScale > 0, "above 0", initScale],
    ["growthFactor", growthFactor > 1, "above 1", growthFactor],
    ["backoffFactor", backoffFactor > 0 && backoffFactor < 1, "between 0 and 1", backoffFactor],
  ] as const;
  for (const [name, isMet, wanted, found] of requirements) {
    if (isMet) continue;
    throw new AcceleratorError(
      "OPTION_INVALID",
      `gradScaler: ${name} must be ${wanted}, got ${found}.`,
    );
  }
  return resolved.enabled ? resolved : undefined;
}
