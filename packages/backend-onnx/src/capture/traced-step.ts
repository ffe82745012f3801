import type { DataType, Variable } from "@tensorflow/tfjs-core";
import type { Device } from "../device/device.ts";
import { memoryOf, type Plan } from "../record/plan.ts";
import type { Storage } from "../record/storage.ts";
import type { Result } from "../record/trace.ts";
import { isNumeric, type NumericType, type Shape } from "../tensor-spec.ts";
import { type Source, sameSource } from "./source.ts";

/** One graph of a step. */
export type Graph = {
  readonly plan: Plan;
  /** One per input of the plan. */
  readonly inputs: readonly Source[];
  readonly results: readonly Result[];
  /** The same graph without results that nobody needs, once those are known. */
  readonly pruned: { readonly plan: Plan; readonly wanted: ReadonlySet<number> } | undefined;
};

/** What a step does, in order. */
export type Action =
  | { readonly kind: "run"; readonly graph: number }
  | { readonly kind: "effect"; readonly run: () => void }
  | { readonly kind: "read"; readonly source: Source; readonly target: Float32Array }
  | {
      readonly kind: "scalar";
      readonly index: number;
      readonly dtype: "float32" | "int32";
      readonly read: () => number;
    };

type Assignment = { readonly variable: Variable; readonly source: Source };
type KeptTensor = { readonly source: Source; readonly shape: Shape; readonly dtype: DataType };

export type StepDescription = {
  readonly graphs: readonly Graph[];
  readonly actions: readonly Action[];
  readonly arrays: readonly Float32Array[];
  /** Storages that belong to this trace. */
  readonly constants: readonly Storage[];
  readonly assignments: readonly Assignment[];
  readonly results: readonly KeptTensor[];
  readonly makesVariables: boolean;
  readonly refusal: string | undefined;
};

/** The trace of one run of a step. */
export class TracedStep {
  readonly description: StepDescription;
  readonly #device: Device;
  readonly #wanted: readonly ReadonlySet<number>[];

  constructor(device: Device, description: StepDescription) {
    this.#device = device;
    this.description = description;
    this.#wanted = wantedResults(description);
  }

  /** Why the step can never be replayed. */
  get refusal(): string | undefined {
    const { refusal, graphs } = this.description;
    if (refusal !== undefined) return refusal;
    const isStray = graphs.some(({ results }, graph) =>
      results.some(({ storage }, i) => storage.references > 0 && !this.#wanted[graph]?.has(i)),
    );
    return isStray ? "a tensor that it makes lives on, but it does not return it" : undefined;
  }

  /** The results of a graph that something needs, if it is this plan. */
  wantedOf(graph: number, plan: Plan): ReadonlySet<number> | undefined {
    return this.description.graphs[graph]?.plan === plan ? this.#wanted[graph] : undefined;
  }

  /** Results that are needed only to be copied to an array of JavaScript, and that array. */
  get reads(): ReadonlyMap<string, Float32Array> {
    const uses = new Map<string, number>();
    for (const source of usedSources(this.description)) {
      if (source.kind === "result") uses.set(keyOf(source), (uses.get(keyOf(source)) ?? 0) + 1);
    }
    const reads = new Map<string, Float32Array>();
    for (const action of this.description.actions) {
      if (action.kind !== "read" || action.source.kind !== "result") continue;
      if (uses.get(keyOf(action.source)) === 1) reads.set(keyOf(action.source), action.target);
    }
    return reads;
  }

  /** The difference from another trace; undefined if one replay can replace both. */
  differenceFrom(other: TracedStep): string | undefined {
    const [mine, theirs] = [this.description, other.description];
    if (mine.makesVariables || theirs.makesVariables) return "it makes variables";
    const same = (a: Source | undefined, b: Source | undefined) =>
      a !== undefined && b !== undefined && sameSource(a, b, this.#sameValues);
    if (
      mine.graphs.length !== theirs.graphs.length ||
      mine.graphs.some(({ plan }, i) => plan !== theirs.graphs[i]?.plan)
    ) {
      return "its operations, or numbers in them, differ from call to call";
    }
    if (
      mine.actions.length !== theirs.actions.length ||
      mine.actions.some((action, i) => !sameAction(action, theirs.actions[i], same))
    ) {
      return "what it reads from JavaScript or changes there differs from call to call";
    }
    if (
      mine.graphs.some(
        ({ inputs }, g) => !inputs.every((s, i) => same(s, theirs.graphs[g]?.inputs[i])),
      )
    ) {
      return (
        "values from JavaScript differ from call to call, such as random numbers, a counter, or a tensor " +
        "that is not among its arguments"
      );
    }
    const sameEnd =
      mine.assignments.length === theirs.assignments.length &&
      mine.results.length === theirs.results.length &&
      mine.results.every(({ source }, i) => same(source, theirs.results[i]?.source)) &&
      mine.assignments.every(
        ({ variable, source }, i) =>
          variable === theirs.assignments[i]?.variable &&
          same(source, theirs.assignments[i]?.source),
      );
    return sameEnd ? undefined : "what it assigns or returns differs from call to call";
  }

  /** Frees what it holds; it cannot be replayed then. */
  release(): void {
    const { graphs, constants } = this.description;
    for (const { plan, pruned } of graphs) {
      plan.release();
      pruned?.plan.release();
    }
    for (const storage of constants) {
      storage.pendingReads -= 1;
      this.#device.recorder.reclaim(storage);
    }
  }

  readonly #sameValues = (a: Storage, b: Storage): boolean => {
    if (a === b) return true;
    if (a.dtype !== b.dtype || a.size !== b.size || !isNumeric(a.dtype)) return false;
    const { pool } = this.#device;
    const [first, second] = [a, b].map((storage) =>
      memoryOf(storage, pool).view(storage.dtype as NumericType, storage.size),
    ) as [Float32Array, Float32Array];
    return first.every((value, i) => Object.is(value, second[i]));
  };
}

export function keyOf({
  graph,
  index,
}: {
  readonly graph: number;
  readonly index: number;
}): string {
  return `${graph}.${index}`;
}

function usedSources({ graphs, actions, assignments, results }: StepDescription): Source[] {
  return [
    ...graphs.flatMap(({ inputs }) => inputs),
    ...actions.flatMap((action) => (action.kind === "read" ? [action.source] : [])),
    ...assignments.map(({ source }) => source),
    ...results.map(({ source }) => source),
  ];
}

function wantedResults(description: StepDescription): Set<number>[] {
  const wanted = description.graphs.map(() => new Set<number>());
  for (const source of usedSources(description)) {
    if (source.kind === "result") wanted[source.graph]?.add(source.index);
  }
  return wanted;
}

function sameAction(
  a: Action,
  b: Action | undefined,
  same: (a: Source, b: Source) => boolean,
): boolean {
  if (a.kind === "read" && b?.kind === "read") {
    return (
      a.target.buffer === b.target.buffer &&
      a.target.byteOffset === b.target.byteOffset &&
      same(a.source, b.source)
    );
  }
  if (a.kind === "run" && b?.kind === "run") return a.graph === b.graph;
  if (a.kind === "scalar" && b?.kind === "scalar") return a.dtype === b.dtype;
  return a.kind === "effect" && b?.kind === "effect";
}
