import type { GraphLowering } from "../../lowering/graph-lowering.ts";

/** From `[batch, height, width, channels]` to `[batch, channels, height, width]`. */
export function toChannelsFirst(graph: GraphLowering, image: string): string {
  return graph.transpose(image, [0, 3, 1, 2]);
}

/** From `[batch, channels, height, width]` to `[batch, height, width, channels]`. */
export function toChannelsLast(graph: GraphLowering, image: string): string {
  return graph.transpose(image, [0, 2, 3, 1]);
}
