import { Tensor, type Variable } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { advanceRandomStep } from "../functions/dropout-key.ts";
import { gradientsOf, isRecording, StepScope } from "./autograd.ts";
import type { GradientState } from "./gradient-state.ts";
import type { GradientStore } from "./gradient-store.ts";
import { stepEffect } from "./step-observer.ts";

/** A loss, or a function that computes it. */
export type LossSource = Tensor | (() => Tensor | Promise<Tensor>);

export type BackwardOptions = {
  /** Keep what was recorded for this loss, for a second backward through the same operations. */
  readonly retainGraph?: boolean;
};

/** What a backward pass works on. */
export type BackwardTarget = {
  readonly state: GradientState;
  /** Gradients of all prepared models. */
  readonly stores: readonly GradientStore[];
  /** Models whose gradients stay local for now. */
  readonly unsynced: ReadonlySet<GradientStore>;
};

/**
 * Adds the gradients of `loss` / accumulation steps to every prepared model, and averages them over the
 * replicas when the accumulation window ends.
 *
 * @returns the loss. Inside a prepared loader it belongs to the step; of a closure outside of one it
 *   belongs to the caller.
 */
export async function backward(
  source: LossSource,
  target: BackwardTarget,
  options: BackwardOptions,
): Promise<Tensor> {
  if (target.stores.length === 0) {
    throw new AcceleratorError(
      "STATE_INVALID",
      "backward: no model is prepared. Pass it to accelerator.prepare first.",
    );
  }
  if (typeof source === "function" && !isRecording()) {
    const step = new StepScope();
    try {
      const loss = await source();
      await differentiate(loss, target, options);
      step.close(loss);
      return loss;
    } finally {
      step.close();
    }
  }
  const loss = typeof source === "function" ? await source() : source;
  await differentiate(loss, target, options);
  return loss;
}

async function differentiate(
  loss: Tensor,
  { state, stores, unsynced }: BackwardTarget,
  { retainGraph = false }: BackwardOptions,
): Promise<void> {
  requireLoss(loss);
  const variables = stores.flatMap((store) => [...store.variables]);
  const gradients = gradientsOf(loss, variables, 1 / state.accumulation.numSteps, retainGraph);
  if (gradients.every((gradient) => !gradient)) {
    throw new AcceleratorError(
      "LOSS_UNCONNECTED",
      "backward: the loss does not depend on any variable of a prepared model. Compute it from the " +
        "model's output in this step, with tfjs operations only (no dataSync in between), outside noGrad, " +
        "and pass retainGraph: true to an earlier backward that shares operations with it.",
    );
  }
  accumulate(stores, variables, gradients);
  stepEffect(advanceRandomStep);
  const exchange = state.syncGradients || state.accumulation.syncEachBatch;
  for (const store of stores) {
    if (exchange && !unsynced.has(store) && !store.isEmpty) await store.average();
  }
}

function accumulate(
  stores: readonly GradientStore[],
  variables: readonly Variable[],
  gradients: readonly (Tensor | undefined)[],
): void {
  const owners = new Map(
    stores.flatMap((store) => store.variables.map((v) => [v, store] as const)),
  );
  for (const [index, variable] of variables.entries()) {
    const gradient = gradients[index];
    if (gradient) owners.get(variable)?.accumulate(variable, gradient);
  }
  // Only now: two variables may share one gradient.
  for (const gradient of new Set(gradients)) gradient?.dispose();
}

function requireLoss(loss: unknown): asserts loss is Tensor {
  let fault: string | undefined;
  if (!(loss instanceof Tensor)) fault = `a tensor is needed, got ${String(loss)}.`;
  else if (loss.isDisposed)
    fault = "it is disposed already. Call backward in the step that computed it.";
  else if (loss.size !== 1) {
    fault = `it must be a scalar, got shape [${loss.shape}]. Reduce it first, with tf.mean for instance.`;
  } else if (loss.dtype !== "float32") fault = `it must be float32, got ${loss.dtype}.`;
  else if (!isRecording()) {
    fault =
      "its operations were not recorded. Compute it inside `for await (… of preparedLoader)`, or pass a " +
      "function: accelerator.backward(() => loss).";
  }
  if (fault) throw new AcceleratorError("LOSS_INVALID", `backward: the loss: ${fault}`);
}
