import type { GraphLowering } from "../../lowering/graph-lowering.ts";

/**
 * ONNX Runtime's layout for fast convolutions keeps a block of 8 or 16 channels together:
 * `[batch, channels / block, height, width, block]`, declared with the dimensions of NCHW.
 */

/** From NHWC. The channels must fill whole blocks. */
export function toBlocked(graph: GraphLowering, image: string): string {
  return graph.blockedNode("ReorderInput", [image], { channels_last: 1 });
}

/** To NHWC. */
export function fromBlocked(graph: GraphLowering, image: string, channels: number): string {
  return graph.blockedNode("ReorderOutput", [image], { channels, channels_last: 1 });
}

/** Sizes of a filter `[height, width, inputs, outputs]`. */
export type FilterSize = {
  readonly height: number;
  readonly width: number;
  readonly inputs: number;
  readonly outputs: number;
};

/** A filter HWIO as blocked convolutions of blocked images take it, `[O/b, I/b, H, W, b(I), b(O)]`. */
export function blockedFilter(graph: GraphLowering, filter: string, size: FilterSize): string {
  const { height, width, inputs, outputs } = size;
  const block = graph.blockSize;
  const split = [height, width, inputs / block, block, outputs / block, block];
  const ordered = graph.transpose(graph.reshape(filter, split), [4, 2, 0, 1, 3, 5]);
  return graph.reshape(ordered, [outputs, inputs, height, width]);
}

/** A filter HWIO as blocked convolutions of NCHW images take it, `[O/b, I, H, W, b(O)]`. */
export function outputBlockedFilter(
  graph: GraphLowering,
  filter: string,
  size: FilterSize,
): string {
  const { height, width, inputs, outputs } = size;
  const block = graph.blockSize;
  const split = [height, width, inputs, outputs / block, block];
  const ordered = graph.transpose(graph.reshape(filter, split), [3, 2, 0, 1, 4]);
  return graph.reshape(ordered, [outputs, inputs, height, width]);
}
