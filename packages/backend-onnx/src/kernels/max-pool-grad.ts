import type { MaxPoolGradAttrs, MaxPoolGradInputs } from "@tensorflow/tfjs-core";
import type { GraphLowering } from "../lowering/graph-lowering.ts";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import { sizeOf, type TensorSpec } from "../tensor-spec.ts";
import { toChannelsFirst, toChannelsLast } from "./families/channels.ts";
import { type Geometry, geometryKey, windowAttributes } from "./families/convolution-geometry.ts";
import { isTiling, poolGeometry } from "./families/pool-geometry.ts";

/** Larger windows would become too many nodes. */
const MAX_TILE = 9;

/** Gradient of maximum pooling: goes to the first largest value of every window. */
export const maxPoolGrad: Kernel = defineKernel<MaxPoolGradInputs, MaxPoolGradAttrs, Geometry>({
  name: "MaxPoolGrad",
  record({ dy, input, output }, attributes) {
    const geometry = poolGeometry(input.shape, attributes);
    if (!geometry || input.dtype !== "float32" || dy.dtype !== "float32") return undefined;
    return {
      inputs: [dy, input, output],
      outputs: [{ shape: input.shape, dtype: "float32" }],
      attributes: geometry,
      key: geometryKey(geometry),
    };
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
 * Cuts the image into its places within the tiles. Each place that equals the maximum takes what of the
 * gradient the places before it left, so that the first match gets it all.
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
