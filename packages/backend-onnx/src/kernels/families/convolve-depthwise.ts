import type { GraphLowering } from "../../lowering/graph-lowering.ts";
import { toChannelsFirst, toChannelsLast } from "./channels.ts";
import { type Geometry, windowAttributes } from "./convolution-geometry.ts";
import { groupedFilter } from "./depthwise-filter.ts";

/** A depthwise convolution of an NHWC image; the result is NHWC. */
export function convolveDepthwise(
  graph: GraphLowering,
  image: string,
  filter: string,
  geometry: Geometry,
): string {
  const inputs = [toChannelsFirst(graph, image), groupedFilter(graph, filter, geometry)];
  const attributes = { ...windowAttributes(geometry), group: geometry.inChannels };
  return toChannelsLast(graph, graph.node("Conv", inputs, attributes));
}
