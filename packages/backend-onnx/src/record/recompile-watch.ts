import type { Call } from "./call.ts";
import type { Trace } from "./trace.ts";

const PATIENCE = 20;
/** The most places that are remembered; a program has few. */
const MAX_PLACES = 256;

type Place = { compiles: number; lastCalls: readonly Call[] };

/** Warns where the same sequence of kernels is compiled over and over: its shapes or attributes vary. */
export class RecompileWatch {
  readonly #places = new Map<string, Place>();

  compiled({ calls }: Trace): void {
    const name = calls.map(({ kernel }) => kernel.name).join();
    const place = this.#places.get(name);
    const lastCalls = calls.map((call) => ({ ...call, inputs: [], outputs: [] }));
    if (!place) {
      if (this.#places.size < MAX_PLACES) this.#places.set(name, { compiles: 1, lastCalls });
      return;
    }
    place.compiles += 1;
    if (place.compiles === PATIENCE + 1) {
      process.emitWarning(
        `The onnx backend has compiled the same ${calls.length} operations ${place.compiles} times, which ` +
          `slows training: ${difference(place.lastCalls, calls)}. Give batches one shape, and pass numbers ` +
          "that change as tensors.",
        "AcceleratorWarning",
      );
    }
    place.lastCalls = lastCalls;
  }
}

/** The first difference between two traces of the same kernels. */
function difference(before: readonly Call[], after: readonly Call[]): string {
  for (const [i, call] of after.entries()) {
    const { kernel, inputShapes, key } = call;
    const previous = before[i];
    const [shapes, previousShapes] = [shapesText(inputShapes), shapesText(previous?.inputShapes)];
    if (shapes !== previousShapes) {
      return `${kernel.name} got the shapes ${shapes} after ${previousShapes}`;
    }
    if (key !== previous?.key) {
      return `the attributes of ${kernel.name} were "${key}" after "${previous?.key}"`;
    }
  }
  return "its results are used in different ways";
}

function shapesText(shapes: readonly (readonly number[])[] = []): string {
  return shapes.map((shape) => `[${shape}]`).join(" ");
}
