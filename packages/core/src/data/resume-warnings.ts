import type { LoaderFacts, LoaderStateDict } from "./loader-state-dict.ts";

/**
 * Says what differs from the run that a state is of, where the loader goes on nevertheless.
 *
 * @param seed the option of the loader.
 */
export function warnOfChanges(
  state: LoaderStateDict,
  facts: LoaderFacts,
  seed: number | undefined,
): void {
  if (state.globalBatch !== facts.globalBatch) {
    warn(
      `${describe(state)} took ${state.globalBatch} per step, this one takes ${facts.globalBatch}: no sample is lost or ` +
        "repeated, but the steps from here on are other ones.",
    );
  }
  if (seed !== undefined && seed !== state.seed) {
    warn(
      `${describe(state)} had the seed ${state.seed}, this one has ${seed}: it goes on with ${state.seed}.`,
    );
  }
}

function describe({ kind }: LoaderStateDict): string {
  return `The data loader of the checkpoint (${kind === "sampler" ? "batches" : "samples"} of a ${kind})`;
}

function warn(message: string): void {
  process.emitWarning(message, "AcceleratorWarning");
}
