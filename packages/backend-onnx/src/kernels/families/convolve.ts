import type { GraphLowering } from "../../lowering/graph-lowering.ts";
import { blockedFilter, fromBlocked, outputBlockedFilter, toBlocked } from "./blocked-layout.ts";
import { toChannelsFirst, toChannelsLast } from "./channels.ts";
import { type Geometry, windowAttributes } from "./convolution-geometry.ts";

export type Convolution = {
  /** NHWC. */
  readonly image: string;
  /** HWIO. */
  readonly filter: string;
  /** `[outputs]`. */
  readonly bias?: string | undefined;
  readonly relu: boolean;
  readonly geometry: Geometry;
};

/** A dense convolution; the result is NHWC. */
export function convolve(graph: GraphLowering, convolution: Convolution): string {
  const { inChannels, outChannels } = convolution.geometry;
  const block = graph.blockSize;
  const isBlocked =
    block > 0 && outChannels % block === 0 && (inChannels % block === 0 || inChannels < block);
  return isBlocked ? convolveBlocked(graph, convolution) : convolvePlain(graph, convolution);
}

function convolvePlain(graph: GraphLowering, convolution: Convolution): string {
  const { image, filter, bias, relu, geometry } = convolution;
  const inputs = [toChannelsFirst(graph, image), graph.transpose(filter, [3, 2, 0, 1])];
  if (bias !== undefined) inputs.push(bias);
  const result = graph.node("Conv", inputs, windowAttributes(geometry));
  return toChannelsLast(graph, relu ? graph.node("Relu", [result]) : result);
}

/** About 1.5 times as fast. An image of fewer channels than a block, like RGB, is read as it is. */
function convolveBlocked(graph: GraphLowering, convolution: Convolution): string {
  const { image, filter, bias, relu, geometry } = convolution;
  const { inChannels: inputs, outChannels: outputs } = geometry;
  const size = { height: geometry.filterHeight, width: geometry.filterWidth, inputs, outputs };
  const operands =
    inputs % graph.blockSize === 0
      ? [toBlocked(graph, image), blockedFilter(graph, filter, size)]
      : [toChannelsFirst(graph, image), outputBlockedFilter(graph, filter, size)];
  if (bias !== undefined) operands.push(bias);
  const result = graph.blockedNode("Conv", operands, {
    ...windowAttributes(geometry),
    ...(relu ? { activation: "Relu" } : {}),
  });
  return fromBlocked(graph, result, outputs);
}
