import { AcceleratorError } from "../errors.ts";
import { stepEffect } from "../step/step-observer.ts";
import type { Differentiation } from "./differentiate.ts";

/**
 * Runs a function, the last argument, as one micro-batch of an accumulation window, without the exchange of gradients
 * for the models before it until the window ends.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` if the last argument is no function.
 */
export async function accumulate<T>(
  modelsAndBody: readonly [...models: object[], body: () => T],
  { state, unsynced, models }: Differentiation,
): Promise<Awaited<T>> {
  const body = modelsAndBody.at(-1);
  if (typeof body !== "function") {
    throw new AcceleratorError(
      "OPTION_INVALID",
      "accumulate: the last argument must be a function with what is to be done for the batch, backward included: " +
        "await accelerator.accumulate(model, async () => { … }).",
    );
  }
  const listed = modelsAndBody.slice(0, -1).map((model) => unsynced.find(model));
  const taking = listed.length === 0 ? models.models : listed;
  stepEffect(() => state.advance(taking));
  const exchanges = state.syncGradients || state.accumulation.syncEachBatch;
  return await (exchanges
    ? (body as () => T)()
    : unsynced.during(modelsAndBody.slice(0, -1), body as () => T));
}
