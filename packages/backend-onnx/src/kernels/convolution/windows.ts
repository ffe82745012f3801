import type { GraphLowering } from "../../lowering/graph-lowering.ts";
import { borderOf, type Geometry } from "./geometry.ts";

/** An NHWC image, padded or cropped to the rows and columns that the windows read. */
export function padded(graph: GraphLowering, image: string, geometry: Geometry): string {
  const { top, left, bottom, right } = borderOf(geometry);
  if ([top, left, bottom, right].every((size) => size === 0)) return image;
  return graph.node("Pad", [image, graph.integers([0, top, left, 0, 0, bottom, right, 0])]);
}

/** For every element of the window, row by row, the pixels that it covers: `[batch, outHeight, outWidth, channels]`. */
export function windowSlices(graph: GraphLowering, image: string, geometry: Geometry): string[] {
  const { outHeight, outWidth, strideHeight, strideWidth } = geometry;
  const { filterHeight, filterWidth, dilationHeight, dilationWidth } = geometry;
  const whole = padded(graph, image, geometry);
  const rowSpan = (outHeight - 1) * strideHeight + 1;
  const columnSpan = (outWidth - 1) * strideWidth + 1;
  const axes = graph.integers([1, 2]);
  const strides = graph.integers([strideHeight, strideWidth]);
  const slices: string[] = [];
  for (let row = 0; row < filterHeight; row++) {
    for (let column = 0; column < filterWidth; column++) {
      const [top, left] = [row * dilationHeight, column * dilationWidth];
      const start = graph.integers([top, left]);
      const end = graph.integers([top + rowSpan, left + columnSpan]);
      slices.push(graph.node("Slice", [whole, start, end, axes, strides]));
    }
  }
  return slices;
}
