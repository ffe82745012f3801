import { SingleProcess } from "../collective/single-process.ts";
import type { BatchSource } from "./batch-source.ts";
import { Decoder } from "./decode/decoder.ts";
import { Pass } from "./pass.ts";
import { planIndices, planStream } from "./plan.ts";
import { BEGINNING } from "./position.ts";

/** One pass of a loader that is not prepared: the whole dataset, in one place. */
export function readAll<Batch>(
  loader: BatchSource<Batch>,
  epoch: number,
): AsyncIterator<Batch, undefined> {
  const { decode, numWorkers, prefetch } = loader.options;
  const seed = loader.baseSeed + epoch;
  const decoder = decode === undefined ? undefined : new Decoder(decode, { numWorkers, seed });
  const alone = { rank: 0, worldSize: 1, evenBatches: false, splitBatches: false };
  const options = { ...alone, seed, epoch, decoder, from: BEGINNING };
  const { source } = loader;
  return new Pass<Batch>({
    open: async () =>
      source.kind === "stream"
        ? planStream(loader, source, options)
        : planIndices(loader, options, new SingleProcess()),
    endStep: () => {},
    beginStep: () => {},
    end: async () => decoder?.close(),
    prefetch,
  });
}
