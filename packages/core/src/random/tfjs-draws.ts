import { createRequire } from "node:module";
import type * as Tfjs from "@tensorflow/tfjs";
import { resolvePackage } from "../resolve-package.ts";
import { drawForRank, userSeed } from "./seeded-random.ts";

type Layers = typeof Tfjs.layers;
type Call = (this: unknown, ...args: unknown[]) => unknown;
type Shuffle = (this: unknown, size: number, seed?: string, reshuffle?: boolean) => unknown;

/** Layers and cells whose `call` draws a mask or noise for the samples. */
const DRAWING_LAYERS: readonly ((layers: Layers) => object)[] = [
  (layers) => layers.dropout({ rate: 0.5 }),
  (layers) => layers.spatialDropout1d({ rate: 0.5 }),
  (layers) => layers.alphaDropout({ rate: 0.5 }),
  (layers) => layers.gaussianDropout({ rate: 0.5 }),
  (layers) => layers.gaussianNoise({ stddev: 1 }),
  (layers) => layers.simpleRNNCell({ units: 1 }),
  (layers) => layers.gruCell({ units: 1 }),
  (layers) => layers.lstmCell({ units: 1 }),
];

const CHANGED = Symbol.for("acc.random.changed");

/**
 * Makes the random numbers of tfjs follow the seed where seeding `Math.random` is not enough: a shuffle of `tf.data`
 * without a seed uses the clock, and dropout layers would use the same mask on every replica.
 *
 * @param scriptUrl URL of the training script, whose copy of tfjs is patched.
 */
export function seedTfjsDraws(scriptUrl: string | undefined): void {
  const data = load<typeof Tfjs.data & { readonly Dataset: { readonly prototype: object } }>(
    "@tensorflow/tfjs-data",
    scriptUrl,
  );
  if (data) replaceOnce(data.Dataset.prototype, "shuffle", seededShuffle);
  const layers = load<{ readonly layers: Layers }>("@tensorflow/tfjs-layers", scriptUrl)?.layers;
  if (!layers) return;
  for (const make of DRAWING_LAYERS) {
    const prototype = ownerOf(make(layers), "call");
    replaceOnce(prototype, "call", drawingForRank);
  }
}

function seededShuffle(original: Call): Shuffle {
  return function (size, seed, reshuffle) {
    const isUnseeded = seed === undefined || seed === null || seed === "";
    const drawn = isUnseeded && userSeed() !== undefined ? String(Math.random()) : seed;
    return original.call(this, size, drawn, reshuffle);
  };
}

function drawingForRank(original: Call): Call {
  return function (...args: unknown[]) {
    return userSeed() === undefined
      ? original.apply(this, args)
      : drawForRank(() => original.apply(this, args));
  };
}

/** Replaces a method, unless that was done before. */
function replaceOnce(owner: object, name: string, replace: (original: Call) => unknown): void {
  const methods = owner as { [name: string]: Call & { [CHANGED]?: true } };
  const original = methods[name];
  if (!original || original[CHANGED]) return;
  methods[name] = Object.assign(replace(original) as Call, { [CHANGED]: true as const });
}

/** The prototype in the chain of an object that defines a method. */
function ownerOf(object: object, name: string): object {
  let owner = Object.getPrototypeOf(object) as object;
  while (!Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner);
  return owner;
}

/**
 * A package of tfjs as the script resolves it: directly, or through `@tensorflow/tfjs`; undefined if it is not
 * installed.
 */
function load<T>(part: string, scriptUrl: string | undefined): T | undefined {
  const whole = resolvePackage("@tensorflow/tfjs", scriptUrl);
  const url = (whole && resolvePackage(part, whole)) ?? resolvePackage(part, scriptUrl);
  return url === undefined ? undefined : (createRequire(url)(new URL(url).pathname) as T);
}
