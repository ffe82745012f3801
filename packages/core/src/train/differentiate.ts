import { Tensor, type Variable } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { advanceRandomStep } from "../functions/dropout-key.ts";
import { foundText } from "../options/found-text.ts";
import { timed } from "../phases.ts";
import { gradientsOf, graphOf, isRecording, type RecordedGraph } from "../step/autograd.ts";
import { lazyBackend } from "../step/lazy-backend.ts";
import { stepEffect } from "../step/step-observer.ts";
import type { FitRuns } from "./fit-runs.ts";
import type { GradScaler } from "./grad-scaler.ts";
import type { GradientState } from "./gradient-state.ts";
import type { ModelRegistry } from "./model-registry.ts";
import type { PendingLoss } from "./pending-loss.ts";
import type { Regularizers } from "./regularizers.ts";
import type { UnpreparedVariables } from "./unprepared-variables.ts";
import type { UnsyncedModels } from "./unsynced-models.ts";

/** The state that a backward pass of one accelerator uses. */
export type Differentiation = {
  readonly state: GradientState;
  readonly pending: PendingLoss;
  /** Undefined if losses are not scaled. */
  readonly scaler: GradScaler | undefined;
  readonly models: ModelRegistry;
  readonly unsynced: UnsyncedModels;
  readonly unprepared: UnpreparedVariables;
  readonly regularizers: Regularizers;
  readonly fits: FitRuns;
};

type DifferentiationOptions = {
  /** The function that the user called, for messages. */
  readonly call?: string;
  /** The variables that get gradients. */
  readonly variables: readonly Variable[];
  readonly retainGraph?: boolean;
  /** How many items the loss is a sum of: a scalar. */
  readonly items?: Tensor | undefined;
  /** How much this replica's part of a batch counts, 1 on average. */
  readonly weight?: number;
};

/**
 * Adds the gradients of `loss` / accumulation steps to those of the variables; with `items` those of the loss itself,
 * which are divided by all items when the window ends.
 */
export function differentiate(
  loss: unknown,
  { state, scaler, models, unprepared, regularizers }: Differentiation,
  { call = "backward", variables, retainGraph = false, items, weight = 1 }: DifferentiationOptions,
): void {
  requireLoss(loss, call);
  if (variables.length === 0) {
    throw new AcceleratorError(
      "MODEL_INVALID",
      `${call}: the prepared models have no trainable variables, so nothing can be trained. Set trainable = true on the ` +
        "layers or variables that should be, and build the model before prepare.",
    );
  }
  const graph = graphOf(loss);
  unprepared.check(graph.variables, call);
  regularizers.check(graph);
  lazyBackend()?.markBackward();
  const share = weight * (items ? 1 : 1 / state.accumulation.numSteps);
  const scale = share * (scaler?.scale ?? 1);
  const gradients = timed("backward", () =>
    gradientsOf(loss, graph, variables, scale, retainGraph),
  );
  if (gradients.every((gradient) => !gradient)) throw unconnected(call, graph, models);
  const trained = variables.filter((_, i) => gradients[i]);
  const trainedModels = models.models.filter((model) => trained.some((one) => model.has(one)));
  models.items.add(trainedModels, items, call);
  scaler?.prepareFor(trained);
  for (const [index, variable] of variables.entries()) {
    const gradient = gradients[index];
    if (gradient) models.gradients.accumulate(variable, gradient);
  }
  // Disposed only now, because two variables may share one gradient.
  for (const gradient of new Set(gradients)) gradient?.dispose();
  stepEffect(() => {
    advanceRandomStep();
    state.countBackward();
  });
}

/**
 * Averages what has been accumulated over the replicas, at the end of an accumulation window. Collective.
 *
 * @param variables that have just got gradients.
 */
export function exchangeGradients(
  { state, scaler, models, unsynced }: Differentiation,
  variables: readonly Variable[],
): void {
  const isDue = state.syncGradients || state.accumulation.syncEachBatch;
  if (!isDue && !unsynced.hasTriggered) return;
  // Where every model stays on its replica the ranks need not meet, so that they can train apart.
  if (models.models.some((model) => unsynced.exchangesModel(model, isDue))) {
    const announced = state.uneven?.announce();
    stepEffect(() => announced && state.uneven?.meet(announced));
    models.exchange.cover(variables);
    averageGradients({ models, unsynced }, isDue, state);
  }
  if (!state.syncGradients) return;
  scaler?.unscaleExchanged((variable) => unsynced.exchanges(variable, isDue));
  models.items.normalize((model) => unsynced.exchangesModel(model, isDue));
  stepEffect(() => {
    state.updateDue = true;
  });
}

/**
 * Averages the gradients of the models that take part. Collective.
 *
 * @param isDue whether those do that are neither in `noSync` nor in `triggerSyncInBackward`.
 */
export function averageGradients(
  { models, unsynced }: Pick<Differentiation, "models" | "unsynced">,
  isDue: boolean,
  { syncGradients, uneven }: Pick<GradientState, "syncGradients" | "uneven">,
): void {
  models.exchange.cover(models.items.variables, true);
  const takesPart = (variable: Variable) => {
    const counted = models.items.modelOf(variable);
    return counted ? unsynced.exchangesModel(counted, isDue) : unsynced.exchanges(variable, isDue);
  };
  models.average(takesPart, uneven !== undefined);
  if (syncGradients) models.gradients.noteExchanged(takesPart);
}

function unconnected(call: string, graph: RecordedGraph, models: ModelRegistry): AcceleratorError {
  const isFrozen = [...graph.variables].some((variable) => models.holds(variable));
  return new AcceleratorError(
    "LOSS_UNCONNECTED",
    isFrozen
      ? `${call}: the loss depends on no variable that is trained here: those of prepared models that lead to it are ` +
          "frozen, or belong to another optimizer. Set trainable = true on their layers, or compute the loss from " +
          "another model."
      : `${call}: the loss does not depend on any variable of a prepared model. Compute it from the model's output in ` +
          "this step, with tfjs operations only (no dataSync in between), outside noGrad, and pass retainGraph: true " +
          "to an earlier backward that shares operations with it.",
  );
}

function requireLoss(loss: unknown, call: string): asserts loss is Tensor {
  let fault: string | undefined;
  if (!(loss instanceof Tensor)) fault = `a tensor is needed, got ${foundText(loss)}.`;
  else if (loss.isDisposed)
    fault = `it is disposed already. Call ${call} in the step that computed it.`;
  else if (loss.size !== 1) {
    fault = `it must be a scalar, got shape [${loss.shape}]. Reduce it first, with tf.mean for instance.`;
  } else if (loss.dtype !== "float32") fault = `it must be float32, got ${loss.dtype}.`;
  else if (!isRecording()) {
    fault =
      "its operations were not recorded. Compute it inside `for await (… of preparedLoader)`, or pass a " +
      "function: accelerator.backward(() => loss).";
  }
  if (fault) throw new AcceleratorError("LOSS_INVALID", `${call}: the loss: ${fault}`);
}
