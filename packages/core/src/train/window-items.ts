import {
  div,
  equal,
  ones,
  scalar,
  type Tensor,
  tidy,
  type Variable,
  variable,
  where,
} from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { withoutGradients } from "../step/autograd.ts";
import type { Gradients } from "./gradients.ts";
import type { ModelVariables } from "./model-variables.ts";

/**
 * How many items the losses of the current accumulation window are sums of, for each model. A count is kept as the
 * gradient of a variable of its own, so it is added up, exchanged and replayed as gradients are.
 */
export class WindowItems {
  readonly #gradients: Gradients;
  readonly #counts = new Map<ModelVariables, Variable>();
  #variables: readonly Variable[] = [];

  constructor(gradients: Gradients) {
    this.#gradients = gradients;
  }

  /** Stand for the counts; a new list when there is another one. */
  get variables(): readonly Variable[] {
    return this.#variables;
  }

  /**
   * Adds to the counts of models that are about to get gradients of one loss.
   *
   * @param items float32 or int32, a scalar; undefined for a loss that is divided by the accumulation steps.
   * @throws {AcceleratorError} `STATE_INVALID` if their gradients are of the other kind, or counted and exchanged.
   */
  add(models: readonly ModelVariables[], items: Tensor | undefined, call: string): void {
    for (const model of models) this.#requireOneKind(model, items !== undefined, call);
    if (items) for (const model of models) this.#gradients.accumulate(this.#placeOf(model), items);
  }

  /** The count of a model, a scalar; undefined if none of its losses had items. It belongs to the gradients. */
  countOf(model: ModelVariables): Tensor | undefined {
    const place = this.#counts.get(model);
    return place && this.#gradients.get(place);
  }

  /** The models that have a place for a count, in the order in which they got it. */
  get models(): ModelVariables[] {
    return [...this.#counts.keys()];
  }

  /** Makes the place of a model's count: the ranks make room for the same counts. */
  makePlace(model: ModelVariables): void {
    this.#placeOf(model);
  }

  /** Takes `count` as what was counted for a model until now; undefined only makes its place. */
  restore(model: ModelVariables, count: number | undefined): void {
    const place = this.#placeOf(model);
    this.#gradients.clear([place]);
    if (count !== undefined) this.#gradients.set(place, scalar(count));
  }

  /** The model whose count a variable stands for. */
  modelOf(place: Variable): ModelVariables | undefined {
    for (const [model, own] of this.#counts) if (own === place) return model;
    return undefined;
  }

  /** Divides the gradients of models by their counts, at the end of a window. */
  normalize(isDue: (model: ModelVariables) => boolean): void {
    if (this.#variables.length > 0) withoutGradients(() => tidy(() => this.#divide(isDue)));
  }

  #divide(isDue: (model: ModelVariables) => boolean): void {
    const divided = new Set<Variable>();
    for (const [model, place] of this.#counts) {
      const count = this.#gradients.get(place);
      if (!count || !isDue(model)) continue;
      // Without any item, such as in a window of padding, the gradients are 0 and stay so.
      const divisor = where(equal(count, 0), ones([]), count);
      for (const one of model.all) {
        const gradient = this.#gradients.get(one);
        if (gradient && !divided.has(one)) this.#gradients.set(one, div(gradient, divisor));
        divided.add(one);
      }
      this.#gradients.clear([place]);
    }
  }

  /** Forgets the counts of models whose gradients are dropped. */
  clear(models: readonly ModelVariables[]): void {
    this.#gradients.clear(models.flatMap((model) => this.#counts.get(model) ?? []));
  }

  /** Forgets all models. */
  dispose(): void {
    this.#gradients.clear(this.#variables);
    for (const place of this.#variables) place.dispose();
    this.#counts.clear();
    this.#variables = [];
  }

  #placeOf(model: ModelVariables): Variable {
    const known = this.#counts.get(model);
    if (known) return known;
    const made = tidy(() => variable(scalar(0), false));
    this.#counts.set(model, made);
    this.#variables = [...this.#variables, made];
    return made;
  }

  #requireOneKind(model: ModelVariables, counts: boolean, call: string): void {
    const count = this.#counts.get(model);
    const hasCount = count !== undefined && this.#gradients.has(count);
    const hasGradients = model.all.some((one) => this.#gradients.has(one));
    if (!hasGradients || hasCount === counts) return;
    throw new AcceleratorError(
      "STATE_INVALID",
      hasCount
        ? `${call}: the window already has gradients of losses with \`items\`: pass \`items\` to every backward of a ` +
            "window, or to none."
        : `${call} with \`items\`: there are gradients that no items were counted for, or that are already divided by ` +
            "them. Pass `items` to every backward of a window, call optimizer.zeroGrad after it, and put all but the " +
            "last backward of a window into accelerator.noSync or accelerator.accumulate.",
    );
  }
}
