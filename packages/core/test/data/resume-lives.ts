import { launchCalls } from "../launch/launch-calls.ts";
import type { Life, Lived } from "./fixtures/resume.ts";

const script = new URL("./fixtures/resume.ts", import.meta.url);

const own = { dispatchBatches: false };
const shuffled = { shuffle: true, seed: 5 };

/** Lives of 50 samples, 12 in a step of two replicas: 5 steps in an epoch, the last one with 2 real samples. */
export const LIVES: Readonly<Record<string, Life>> = {
  "a shuffled list": { length: 50, epochs: 3, options: shuffled },
  "a list decoded in threads": { length: 50, epochs: 2, options: shuffled, decodes: true },
  "tensors, accumulated": {
    ...{ kind: "rows", length: 50, epochs: 2, accumulationSteps: 2 },
    options: { ...shuffled, prefetch: 3 },
  },
  "a list, batches split": {
    ...{ length: 50, epochs: 2, configuration: { splitBatches: true }, options: shuffled },
  },
  "a list, dropLast": { length: 50, epochs: 2, options: { ...shuffled, dropLast: true } },
  "a sampler": { length: 50, epochs: 2, sampler: "plain" },
  "a stateful sampler": { length: 50, epochs: 2, sampler: "stateful" },
  "a stream that rank 0 reads": { kind: "sized", length: 50, epochs: 3, options: { prefetch: 2 } },
  "a stream that all ranks read": { kind: "stream", length: 50, epochs: 2, configuration: own },
  "a stateful iterator": { kind: "stateful iterator", length: 50, epochs: 2, configuration: own },
  "a stateful dataset": { kind: "stateful dataset", length: 50, epochs: 2 },
  "a stream of each rank": {
    kind: "stateful iterator",
    length: 50,
    epochs: 2,
    options: { shard: false },
  },
  "tf.data, shuffled": { kind: "tf.data shuffled", length: 50, epochs: 3 },
  "an evaluation": { length: 50, epochs: 2, options: shuffled, trains: false },
};
/** Batches before it stops: in the second epoch, but for the short ones. */
export const AFTER = 7;

/** A life on a number of replicas that together take 12 samples in a step. */
export function lifeOf(name: string, worldSize: number, more: Partial<Life> = {}): Life {
  const life = LIVES[name] as Life;
  const batchSize = life.configuration?.splitBatches ? 12 : 12 / worldSize;
  const options = life.sampler ? {} : { ...life.options, batchSize };
  return { ...life, options, ...more };
}

/** What each rank lived, by name. */
export type Lives = ReadonlyMap<string, readonly Lived[]>;

/** Lives of all names, once for each of `more`, in one launch. */
export async function liveAll(
  names: readonly string[],
  worldSize: number,
  ...more: ((name: string) => Partial<Life>)[]
): Promise<Lives[]> {
  const calls = more.flatMap((each) => names.map((name) => [lifeOf(name, worldSize, each(name))]));
  const all = await launchCalls<Lived>(script, worldSize, calls);
  return more.map(
    (_, k) => new Map(names.map((name, i) => [name, all[k * names.length + i] as Lived[]])),
  );
}

/** Where in a loop body a life stops. */
export type Place = "top" | "end";
export type FirstLives = { readonly whole: Lives; readonly begun: ReadonlyMap<Place, Lives> };

/** On two replicas, in one launch when it is first asked for: in one piece, and stopped at each place. */
export function firstLives(
  names: readonly string[],
  places: readonly Place[],
): () => Promise<FirstLives> {
  let lived: Promise<FirstLives> | undefined;
  const live = async (): Promise<FirstLives> => {
    const stops = places.map((at) => () => ({ stop: { after: AFTER, at } }));
    const [whole = new Map(), ...stopped] = await liveAll(names, 2, () => ({}), ...stops);
    return { whole, begun: new Map(places.map((at, i) => [at, stopped[i] ?? new Map()])) };
  };
  return () => {
    lived ??= live();
    return lived;
  };
}

export function stateOf(lives: Lives, name: string): NonNullable<Life["state"]> {
  return JSON.parse(JSON.stringify(lives.get(name)?.[0]?.state));
}
