import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { PreparedDataLoader } from "../data/prepared-data-loader.ts";
import { AcceleratorError } from "../errors.ts";
import type { AcceleratedScheduler } from "../schedule/accelerated-scheduler.ts";
import { learningRateOf } from "../schedule/learning-rate.ts";
import type { Entry } from "./entry.ts";
import type { Subject } from "./inventory.ts";
import { saveAccumulation } from "./loop-part.ts";
import { saveModels } from "./models-part.ts";
import { saveOptimizers } from "./optimizers-part.ts";
import { checksumOf } from "./staging.ts";

/** A checksum of what must be equal on all ranks. */
type Sum = {
  /** What it is of, such as `the variable "dense/kernel" of a model`. */
  readonly what: string;
  readonly sum: number;
  /** It may be another on each rank now: statistics within an accumulation window, and everything behind `localSgd`. */
  readonly mayDiffer?: boolean;
};
type Sums = readonly Sum[];

const LENGTH = 16;
/** In the place of a sum that is not compared. */
const UNEQUAL: Sum = { what: "", sum: 0 };

/**
 * A hash of the state of a training that does not depend on the rank: weights, state of optimizers and schedulers, place
 * in the accumulation window and in the data. Names are left out, because tfjs counts the names of variables per thread.
 * Collective.
 *
 * @throws {AcceleratorError} `REPLICAS_DIFFER` on every rank.
 */
export function fingerprint(subject: Omit<Subject, "custom" | "mark">): string {
  const { collective, training } = subject;
  training.pending.check("fingerprint");
  const ranks = collective.allGatherObject(sumsOf(subject), "fingerprint");
  const mayDiffer = (place: number) => ranks.some((sums) => sums[place]?.mayDiffer);
  const equal = ranks.map((sums) => sums.map((sum, place) => (mayDiffer(place) ? UNEQUAL : sum)));
  requireEqual(equal);
  const others = ranks.flatMap((sums) => sums.filter((_, place) => mayDiffer(place)));
  const all = [...(equal[0] ?? []), ...others];
  const hash = createHash("sha256").update(Int32Array.from(all, ({ sum }) => sum));
  return hash.digest("hex").slice(0, LENGTH);
}

function sumsOf({ training, made }: Omit<Subject, "custom" | "mark">): Sums {
  const { state } = training;
  const models = saveModels(training.models.models, () => false);
  const optimizers = saveOptimizers(made.optimizers);
  const entries = [...models.entries, ...optimizers.entries];
  const longest = Math.max(0, ...entries.map(({ spec }) => spec.byteLength));
  const buffer = new Uint8Array(longest);
  const counts = made.optimizers.map(({ optimizer, completedSteps }) => [
    ...[learningRateOf(optimizer), optimizer.iterations, completedSteps],
  ]);
  const { statistics, variables, trainable } = training.models;
  const trained = new Set(trainable);
  const changed = statistics.changedOf(variables.filter((variable) => !trained.has(variable)));
  const waiting = new Set<Entry["source"]>(changed);
  const others: readonly (readonly [string, unknown])[] = [
    ["the learning rate or the count of steps of an optimizer", counts],
    ["the place in the accumulation window", saveAccumulation(state)],
    ["the schedule", made.schedulers.map(scheduleOf)],
    ["the place in the data", made.loaders.map(cursorOf)],
  ];
  return [
    ...entries.map((entry) => ({
      ...{ what: labelOf(entry), sum: checksumOf(entry, buffer) },
      ...(state.replicasDiffer || waiting.has(entry.source) ? { mayDiffer: true } : {}),
    })),
    ...others.map(([what, value]) => ({ what, sum: sumOf(value) })),
  ];
}

/** Without what depends on the number of replicas; so is the place in the data. */
function scheduleOf(scheduler: AcceleratedScheduler): unknown {
  const { state, counting } = scheduler.save();
  return [state, counting.unit, counting.samplesWaiting];
}

function cursorOf(loader: PreparedDataLoader): unknown {
  const { epoch, inPass, cursor, seed, source, ranks } = loader.gatherStateDict();
  return [epoch, inPass, ranks ?? [cursor, source], seed];
}

function labelOf({ spec: { file, name } }: Entry): string {
  return file.startsWith("optimizer")
    ? `the optimizer's "${name}"`
    : `the variable "${name}" of a model`;
}

/** Of plain data with the same order of keys on every rank. */
function sumOf(value: unknown): number {
  return crc32(JSON.stringify(value));
}

/** @throws {AcceleratorError} `REPLICAS_DIFFER` naming the ranks that differ from most, and the first difference of each. */
function requireEqual(ranks: readonly Sums[]): void {
  const keys = ranks.map((sums) => sums.map(({ sum }) => sum).join());
  const votes = (key: string) => keys.filter((other) => other === key).length;
  // The first of those that most ranks have: with a tie that of the lowest rank.
  const usual = keys.reduce((best, key) => (votes(key) > votes(best) ? key : best));
  const reference = ranks[keys.indexOf(usual)] as Sums;
  const others = ranks.flatMap((sums, rank) =>
    keys[rank] === usual ? [] : [`rank ${rank} in ${differenceOf(sums, reference)}`],
  );
  if (others.length === 0) return;
  throw new AcceleratorError(
    "REPLICAS_DIFFER",
    `fingerprint: replicas that should be equal differ from rank ${keys.indexOf(usual)}: ${others.join("; ")}. Something was ` +
      "changed on these ranks alone, such as a variable that was assigned there.",
  );
}

function differenceOf(sums: Sums, reference: Sums): string {
  const length = Math.max(sums.length, reference.length);
  const places = Array.from({ length }, (_, place) => place);
  const differing = places.filter((place) => sums[place]?.sum !== reference[place]?.sum);
  const { what = "the number of tensors" } = sums[differing[0] ?? 0] ?? {};
  return differing.length === 1 ? what : `${what} and ${differing.length - 1} more`;
}
