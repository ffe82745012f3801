import type { Compile, Plan } from "./plan.ts";
import { RecompileWatch } from "./recompile-watch.ts";
import type { Signature } from "./signature.ts";
import type { Trace } from "./trace.ts";

/** Plans that are kept; each holds a session with memory for its intermediate values. */
const CAPACITY = 64;

type Entry = {
  readonly signature: Signature;
  /** The numbers in the graph by leaf; undefined for a leaf that the graph takes as an input. */
  constants: (number | undefined)[];
  plan: Plan;
};

/**
 * Compiled plans by the signature of their trace. A single number from JavaScript is first treated as a
 * constant, so that the graph can be simplified. If the number changes in a later step, the plan is compiled
 * again with an input in its place.
 */
export class PlanCache {
  readonly #compile: Compile;
  /** In order of use, the least recent first; traces whose signatures collide share a list. */
  readonly #entries = new Map<number, Entry[]>();
  readonly #watch = new RecompileWatch();
  #size = 0;

  constructor(compile: Compile) {
    this.#compile = compile;
  }

  get size(): number {
    return this.#size;
  }

  /** @param isWorthwhile decides whether a trace that has no plan gets one. */
  planFor(trace: Trace, isWorthwhile: () => boolean): Plan | undefined {
    const { signature } = trace;
    const { hash } = signature;
    const entries = this.#entries.get(hash) ?? [];
    const known = entries.find((entry) => entry.signature.equals(signature));
    if (known) {
      this.#entries.delete(hash);
      this.#entries.set(hash, entries);
      return this.#fit(known, trace);
    }
    if (!isWorthwhile()) return undefined;
    const constants = trace.leaves.map(({ scalar }) => scalar);
    const plan = this.#compile(trace, constants);
    this.#watch.compiled(trace);
    this.#entries.delete(hash);
    this.#entries.set(hash, [...entries, { signature, constants, plan }]);
    this.#size += 1;
    while (this.#size > CAPACITY) this.#dropOldest();
    return plan;
  }

  clear(): void {
    for (const { plan } of [...this.#entries.values()].flat()) plan.release();
    this.#entries.clear();
    this.#size = 0;
  }

  /** The entry's plan, compiled again if a number in it has changed. */
  #fit(entry: Entry, trace: Trace): Plan {
    const fits = entry.constants.map(
      (constant, i) => constant === undefined || Object.is(constant, trace.leaves[i]?.scalar),
    );
    if (fits.every(Boolean)) return entry.plan;
    const constants = entry.constants.map((constant, i) => (fits[i] ? constant : undefined));
    const plan = this.#compile(trace, constants);
    entry.plan.release();
    entry.plan = plan;
    entry.constants = constants;
    return plan;
  }

  #dropOldest(): void {
    const [oldest] = this.#entries;
    if (!oldest) return;
    const [hash, entries] = oldest;
    for (const { plan } of entries) plan.release();
    this.#entries.delete(hash);
    this.#size -= entries.length;
  }
}
