import { GraphBuilder } from "../onnx/graph-builder.ts";
import { runOnce } from "./run-once.ts";
import type { Runtime } from "./runtime.ts";

const LARGEST_BLOCK = 16;
const TOLERANCE = 1e-5;

/**
 * The channels per block of the layout for ONNX Runtime's fast convolutions: 8 or 16, depending on the processor. 0 if
 * this build has no such layout, or if it behaves differently.
 */
export function probeBlockSize(runtime: Runtime): number {
  try {
    const size = blockSizeOf(runtime);
    return size > 1 && convolves(runtime, size) ? size : 0;
  } catch {
    return 0; // its operators are unknown to this build
  }
}

/** Sends 0, 1, 2 … through the reordering: channel 0 of the second pixel follows the first block. */
function blockSizeOf(runtime: Runtime): number {
  const builder = new GraphBuilder();
  const spec = { shape: [1, LARGEST_BLOCK, 1, 2], dtype: "float32" } as const;
  const input = builder.input(spec);
  builder.output(builder.node("ReorderInput", [input], {}, "com.microsoft.nchwc"), spec);
  const iota = Array.from({ length: LARGEST_BLOCK * 2 }, (_, i) => i);
  return runOnce(runtime, builder, [iota])[0]?.indexOf(1) ?? 0;
}

/** Whether a blocked convolution of blocked filters agrees with the standard one. */
function convolves(runtime: Runtime, block: number): boolean {
  const builder = new GraphBuilder();
  const size = 3;
  const imageShape = [1, block, size, size];
  const filterShape = [block, block, size, size];
  const image = builder.input({ shape: imageShape, dtype: "float32" });
  const filter = builder.input({ shape: filterShape, dtype: "float32" });
  const window = { kernel_shape: [size, size], pads: [1, 1, 1, 1] };
  const output = { shape: imageShape, dtype: "float32" } as const;
  builder.output(builder.node("Conv", [image, filter], window), output);
  const blocked = builder.node(
    "Conv",
    [
      builder.node("ReorderInput", [image], {}, "com.microsoft.nchwc"),
      builder.node("Reshape", [
        builder.node("Transpose", [filter], { perm: [2, 3, 1, 0] }), // OIHW, one block of each
        builder.integers(filterShape),
      ]),
    ],
    window,
    "com.microsoft.nchwc",
  );
  builder.output(
    builder.node("ReorderOutput", [blocked], { channels: block }, "com.microsoft.nchwc"),
    output,
  );
  const [plain = [], fast = []] = runOnce(runtime, builder, [
    waves(block * size * size),
    waves(block * block * size * size),
  ]);
  return plain.every((value, i) => Math.abs(value - (fast[i] ?? Number.NaN)) <= TOLERANCE * block);
}

function waves(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(i));
}
