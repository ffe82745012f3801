import type { Call } from "../record/call.ts";
import { compilingCost } from "../record/cost.ts";
import { LeastRecent } from "../record/least-recent.ts";
import type { Compile, Plan } from "../record/plan.ts";
import { Signature } from "../record/signature.ts";
import type { Leaf, Result } from "../record/trace.ts";

/** Kinds of calls that are remembered. */
const CAPACITY = 512;
/** Below this the kernel of the wasm backend is as fast. */
export const SMALL_US = 20;

type Entry = { plan: Plan | undefined; spent: number };

/** Graphs of a single call, by kernel, attributes and shapes. */
export class CallPlans {
  readonly #compile: Compile;
  readonly #entries = new LeastRecent<string, Entry>(CAPACITY, ({ plan }) => plan?.release());

  constructor(compile: Compile) {
    this.#compile = compile;
  }

  /** Whether a product or a convolution that takes so long otherwise, in this run and those before, is worth a graph. */
  isWorthwhile(call: Call, cost: number): boolean {
    if (cost < SMALL_US) return false;
    const entry = this.#entryOf(call);
    entry.spent += cost;
    return entry.plan !== undefined || entry.spent >= compilingCost(1);
  }

  planFor(call: Call, leaves: readonly Leaf[], results: readonly Result[]): Plan {
    const entry = this.#entryOf(call);
    if (entry.plan === undefined) {
      const trace = { calls: [call], leaves, results, signature: new Signature(), operations: 0 };
      const noConstants = leaves.map(() => undefined);
      entry.plan = this.#compile(trace, noConstants);
    }
    return entry.plan;
  }

  clear(): void {
    this.#entries.clear();
  }

  #entryOf({ kernel, key, inputs, inputShapes, outputSpecs }: Call): Entry {
    // Which inputs are the same value is part of the graph.
    const places = inputs.map((input) => inputs.indexOf(input));
    const types = inputs.map(({ dtype }) => dtype);
    const results = outputSpecs.map(({ shape, dtype }) => `${dtype}[${shape}]`);
    const name = `${kernel.name};${key};${inputShapes.join("x")};${types};${places};${results}`;
    const entry = this.#entries.get(name) ?? { plan: undefined, spent: 0 };
    this.#entries.set(name, entry);
    return entry;
  }
}
