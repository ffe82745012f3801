import { cast, reshape, scalar, Tensor, tidy } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { checkOptions } from "../options/check-options.ts";
import { foundText } from "../options/found-text.ts";
import type { OptionRules } from "../options/option-rule.ts";
import { isRecording, StepScope, withoutGradients } from "../step/autograd.ts";
import { type Differentiation, differentiate, exchangeGradients } from "./differentiate.ts";

/** A loss, or a function that computes it. */
export type LossSource = Tensor | (() => Tensor | Promise<Tensor>);

export type BackwardOptions = {
  /** Keep what was recorded for this loss, for a second backward through the same operations. */
  readonly retainGraph?: boolean;
  /**
   * How many items, such as tokens, the loss is the sum of. The gradients are then divided by the items of the whole
   * accumulation window on all replicas, instead of by the accumulation steps and replicas: windows and batches of
   * unequal size weigh what they should. `items: 1` with a mean gives every micro-batch the same weight, also in a shorter
   * last window. A number of at least 0, or a scalar tensor, which needs no reading and is right in a compiled step.
   */
  readonly items?: number | Tensor;
};

const RULES: OptionRules<BackwardOptions> = { retainGraph: "boolean", items: "any" };

/**
 * Adds the gradients of `loss` / accumulation steps to every prepared model, and averages them over the replicas when
 * the accumulation window ends. Unless `source` is asynchronous, everything is done when the call returns its promise:
 * a loop that forgets to await it computes the same.
 *
 * @returns the loss. Inside a prepared loader it belongs to the step; of a closure outside of one it
 *   belongs to the caller.
 */
export async function backward(
  source: LossSource,
  target: Differentiation,
  options: BackwardOptions,
): Promise<Tensor> {
  checkOptions("backward", options, RULES);
  requireItems(options.items);
  target.pending.check("backward");
  if (target.models.models.length === 0) {
    throw new AcceleratorError(
      "STATE_INVALID",
      "backward: no model is prepared. Pass it to accelerator.prepare first. An object whose layers are in private " +
        "fields is a model if it has a method trainableVariables() that lists its variables.",
    );
  }
  if (typeof source === "function" && !isRecording()) {
    const step = new StepScope();
    try {
      const made = source();
      const loss = isPromise(made) ? await target.pending.of(made) : made;
      differentiateAndExchange(loss, target, options);
      step.close(loss);
      return loss;
    } finally {
      step.close();
    }
  }
  const made = typeof source === "function" ? source() : source;
  const loss = isPromise(made) ? await target.pending.of(made) : made;
  differentiateAndExchange(loss, target, options);
  return loss;
}

function isPromise(value: Tensor | Promise<Tensor>): value is Promise<Tensor> {
  return typeof (value as Partial<Promise<Tensor>> | undefined)?.then === "function";
}

function differentiateAndExchange(
  loss: Tensor,
  target: Differentiation,
  { retainGraph = false, items }: BackwardOptions,
): void {
  const variables = target.models.trainable;
  const count = items === undefined ? undefined : countOf(items);
  try {
    differentiate(loss, target, { variables, retainGraph, items: count });
  } finally {
    count?.dispose();
  }
  exchangeGradients(target, variables);
}

/** A new float32 scalar. */
function countOf(items: number | Tensor): Tensor {
  return withoutGradients(() =>
    tidy(() => (typeof items === "number" ? scalar(items) : cast(reshape(items, []), "float32"))),
  );
}

function requireItems(items: unknown): void {
  if (items === undefined) return;
  if (typeof items === "number" && items >= 0 && Number.isFinite(items)) return;
  const isCount =
    items instanceof Tensor &&
    items.size === 1 &&
    (items.dtype === "float32" || items.dtype === "int32");
  if (isCount) return;
  const found =
    items instanceof Tensor ? `a tensor ${items.dtype}[${items.shape}]` : foundText(items);
  throw new AcceleratorError(
    "OPTION_INVALID",
    `backward: items must be a number of at least 0, or a float32 or int32 tensor with one, got ${found}.`,
  );
}
