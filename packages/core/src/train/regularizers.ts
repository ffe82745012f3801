import { addN, reshape, type Scalar, Tensor, tidy, Variable } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { foundText } from "../options/found-text.ts";
import type { RecordedGraph } from "../step/autograd.ts";
import { findParts, type Layer } from "./find-variables.ts";
import type { ModelRegistry } from "./model-registry.ts";
import type { ModelVariables } from "./model-variables.ts";

/** The regularizers of layers of tf.layers. `fit` adds them to the loss; a hand-written loop must do so itself. */
export class Regularizers {
  readonly #models: ModelRegistry;
  #checked: readonly ModelVariables[] = [];
  #isNamed = false;

  constructor(models: ModelRegistry) {
    this.#models = models;
  }

  /**
   * The loss with the terms of all layers of a model added. It belongs to the active scope.
   *
   * @throws {AcceleratorError} `LOSS_INVALID` if it is no scalar, `MODEL_INVALID` if that is no model.
   */
  addTo(loss: Tensor, model: object): Scalar {
    if (!(loss instanceof Tensor) || loss.size !== 1) {
      const found = loss instanceof Tensor ? `shape [${loss.shape}]` : `a ${typeof loss}`;
      throw new AcceleratorError(
        "LOSS_INVALID",
        `lossOf: the loss must be a scalar tensor, got ${found}.`,
      );
    }
    const parts = this.#models.find(model) ?? findParts(model);
    if (!parts) {
      throw new AcceleratorError(
        "MODEL_INVALID",
        `lossOf: a model is needed, got ${foundText(model)}. Call it as lossOf(model, loss).`,
      );
    }
    this.#isNamed = true;
    const { layers = [] } = parts;
    const terms = termsOf(layers);
    return tidy(() => addN([loss, ...terms.map((term) => reshape(term(), loss.shape))])) as Scalar;
  }

  /** Warns once, when models are new, if the loss does not contain their regularizers. */
  check({ nodes }: RecordedGraph): void {
    const { models } = this.#models;
    if (this.#isNamed || models === this.#checked) return;
    this.#checked = models;
    if (models.every(({ layers }) => termsOf(layers).length === 0)) return;
    // The script may have added them itself: it took the absolute values or the squares of a variable.
    const isAdded = nodes.some(({ kernelName, inputs }) => {
      const values = Object.values(inputs).flat();
      const isOfVariable =
        values[0] instanceof Variable && values.every((one) => one === values[0]);
      return isOfVariable && PENALTIES.has(kernelName);
    });
    if (isAdded) return;
    this.#isNamed = true;
    process.emitWarning(
      "The layers of a prepared model have regularizers, but the loss does not contain them: only fit adds them by itself. " +
        "Use accelerator.backward(accelerator.lossOf(model, loss)), or leave them out of the layers.",
      "AcceleratorWarning",
    );
  }
}

/** What L1 and L2 do with a variable first; a square is a product with itself. */
const PENALTIES: ReadonlySet<string> = new Set(["Abs", "Square", "Multiply"]);

function termsOf(layers: readonly Layer[]): (() => Tensor)[] {
  const terms = layers.flatMap((layer) => {
    const { losses } = layer as { losses?: unknown };
    return Array.isArray(losses) ? losses : [];
  });
  return [...new Set(terms)].filter((term) => typeof term === "function");
}
