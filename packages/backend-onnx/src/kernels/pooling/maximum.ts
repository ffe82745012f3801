import type {
  MaxPoolAttrs,
  MaxPoolGradAttrs,
  MaxPoolGradInputs,
  MaxPoolInputs,
} from "@tensorflow/tfjs-core";
import type { GraphLowering } from "../../lowering/graph-lowering.ts";
import { defineKernel, type Kernel } from "../../lowering/kernel.ts";
import type { Value } from "../../lowering/value.ts";
import { sizeOf, type TensorSpec } from "../../tensor-spec.ts";
import { fromBlocked, toBlocked } from "../convolution/blocked-layout.ts";
import { toChannelsFirst, toChannelsLast } from "../convolution/channels.ts";
import { type Geometry, windowAttributes, windowCall } from "../convolution/geometry.ts";
import { isTiling, poolGeometry } from "./geometry.ts";

const maxPool = defineKernel<MaxPoolInputs, MaxPoolAttrs, Geometry>({
  name: "MaxPool",
  record({ x }, attributes) {
    const geometry = poolGeometry(x.shape, attributes);
    return windowCall([x], geometry);
  },
  lower(graph, [x], geometry, [output]) {
    const spec = output as TensorSpec;
    const image = graph.whole(x as Value);
    const window = windowAttributes(geometry);
    const { inChannels } = geometry;
    if (graph.blockSize > 0 && inChannels % graph.blockSize === 0) {
      const pooled = graph.blockedNode("MaxPool", [toBlocked(graph, image)], window);
      return [graph.value(fromBlocked(graph, pooled, inChannels), spec)];
    }
    const pooled = graph.node("MaxPool", [toChannelsFirst(graph, image)], window);
    return [graph.value(toChannelsLast(graph, pooled), spec)];
  },
});

/** Larger windows would need too many nodes. */
const MAX_TILE = 9;

/** Gradient of maximum pooling: goes to the first largest value of every window. */
const maxPoolGrad = defineKernel<MaxPoolGradInputs, MaxPoolGradAttrs, Geometry>({
  name: "MaxPoolGrad",
  record({ dy, input, output }, attributes) {
    const geometry = poolGeometry(input.shape, attributes);
    return windowCall([dy, input, output], geometry, input.shape);
  },
  lower(graph, inputs, geometry, [spec]) {
    const [dy, input, output] = inputs.map((value: Value) => graph.whole(value)) as [
      ...[string, string, string],
    ];
    const { filterHeight, filterWidth } = geometry;
    const result =
      isTiling(geometry) && filterHeight * filterWidth <= MAX_TILE
        ? spreadOverTiles(graph, dy, input, output, geometry)
        : scatterToMaxima(graph, dy, input, geometry);
    return [graph.value(result, spec as TensorSpec)];
  },
});

/**
 * Cuts the image into its places within the tiles. Each place that equals the maximum takes the
 * part of the gradient that earlier places left, so the first match gets all of it.
 */
function spreadOverTiles(
  graph: GraphLowering,
  dy: string,
  input: string,
  output: string,
  geometry: Geometry,
): string {
  const { batchSize, inChannels: channels, outHeight, outWidth } = geometry;
  const { filterHeight, filterWidth, inShape } = geometry;
  const tiles = [batchSize, outHeight, 1, outWidth, channels];
  const rowShape = [batchSize, outHeight, filterHeight, outWidth, filterWidth * channels];
  const maxima = graph.reshape(output, tiles);
  let rest = graph.reshape(dy, tiles);
  const rows = split(graph, graph.reshape(input, rowShape), 2, filterHeight);
  const gradients = rows.map((row, y) => {
    const places = split(graph, row, 4, filterWidth);
    const parts = places.map((place, x) => {
      if (y === filterHeight - 1 && x === filterWidth - 1) return rest;
      const isMaximum = graph.cast(graph.node("Equal", [place, maxima]), "float32");
      const part = graph.node("Mul", [isMaximum, rest]);
      rest = graph.node("Sub", [rest, part]);
      return part;
    });
    return join(graph, parts, 4);
  });
  return graph.reshape(join(graph, gradients, 2), inShape);
}

/** Windows that overlap: adds every gradient at the place where its window is largest. */
function scatterToMaxima(
  graph: GraphLowering,
  dy: string,
  input: string,
  geometry: Geometry,
): string {
  const { batchSize, inChannels, inHeight, inWidth } = geometry;
  const size = sizeOf(geometry.inShape);
  const image = toChannelsFirst(graph, input);
  const [, places] = graph.nodes("MaxPool", [image], windowAttributes(geometry), 2);
  const zeros = graph.whole(graph.filled(0, { shape: [size], dtype: "float32" }));
  const scattered = graph.node(
    "ScatterND",
    [
      zeros,
      graph.node("Reshape", [places as string, graph.integers([-1, 1])]),
      graph.node("Reshape", [toChannelsFirst(graph, dy), graph.integers([-1])]),
    ],
    { reduction: "add" },
  );
  const shape = [batchSize, inChannels, inHeight, inWidth];
  return toChannelsLast(graph, graph.reshape(scattered, shape));
}

function split(graph: GraphLowering, x: string, axis: number, count: number): string[] {
  return count === 1 ? [x] : graph.nodes("Split", [x], { axis, num_outputs: count }, count);
}

function join(graph: GraphLowering, parts: readonly string[], axis: number): string {
  return parts.length === 1 ? (parts[0] as string) : graph.node("Concat", parts, { axis });
}

/** Largest values of windows. */
export const MAXIMUM_POOLING: readonly Kernel[] = [maxPool, maxPoolGrad];
