import type { GraphLowering } from "../../lowering/graph-lowering.ts";
import type { Geometry } from "./convolution-geometry.ts";

/** A filter `[height, width, channels, multiplier]` as grouped convolutions take it, one group a channel. */
export function groupedFilter(graph: GraphLowering, filter: string, geometry: Geometry): string {
  const { filterHeight, filterWidth, outChannels } = geometry;
  const shape = [outChannels, 1, filterHeight, filterWidth];
  return graph.reshape(graph.transpose(filter, [2, 3, 0, 1]), shape);
}
