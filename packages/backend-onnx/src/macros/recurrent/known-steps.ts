import type { GraphLowering } from "../../lowering/graph-lowering.ts";
import type { Value } from "../../lowering/value.ts";

/** What a layer has computed at each step, for a gradient in the same graph. */
export class KnownSteps<Step> {
  readonly #byGraph = new WeakMap<GraphLowering, Map<string, readonly Step[]>>();

  /** @param value the first output of the layer. */
  keep(graph: GraphLowering, { name }: Value, steps: readonly Step[]): void {
    const known = this.#byGraph.get(graph) ?? new Map<string, readonly Step[]>();
    this.#byGraph.set(graph, known.set(name, steps));
  }

  /** @returns undefined if another graph has computed the value. */
  of(graph: GraphLowering, { name }: Value): readonly Step[] | undefined {
    return this.#byGraph.get(graph)?.get(name);
  }
}
