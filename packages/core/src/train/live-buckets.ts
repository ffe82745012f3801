import type { Collective } from "../collective/collective.ts";
import type { GradientBucket } from "./gradient-bucket.ts";

/** The buckets of all accelerators of a thread, by group, in the order in which every rank made them. */
const live = new WeakMap<Collective, Set<GradientBucket>>();

export function addLiveBucket(collective: Collective, bucket: GradientBucket): void {
  const buckets = live.get(collective) ?? new Set();
  live.set(collective, buckets.add(bucket));
}

/** Frees the memory of buckets, once. Collective: every rank passes the same buckets. */
export function releaseBuckets(collective: Collective, buckets: readonly GradientBucket[]): void {
  for (const bucket of buckets) {
    if (live.get(collective)?.delete(bucket)) bucket.release();
  }
}

/** Gives back the memory of buckets whose variables are disposed on every rank. Collective. */
export function releaseDisposedBuckets(collective: Collective): void {
  const buckets = [...(live.get(collective) ?? [])];
  if (buckets.length === 0) return;
  const mine = buckets.map((bucket) => bucket.isDisposed);
  const all = collective.allGatherObject(mine, "prepare(model)");
  const disposed = buckets.filter((_, index) => all.every((rank) => rank[index]));
  releaseBuckets(collective, disposed);
}
