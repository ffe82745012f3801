import { customGrad, engine, mul, scalar, type Tensor, variable } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { gradientsOf, graphOf, StepScope } from "./autograd.ts";

/**
 * Verifies the engine behaviour this folder relies on with one small gradient.
 *
 * @throws {AcceleratorError} `BACKEND_UNAVAILABLE` if this version of tfjs behaves differently.
 */
export function checkEngine(): void {
  if (checked) return;
  const before = engine().memory().numTensors;
  const step = new StepScope();
  const x = variable(scalar(3));
  const square = squareOf(x);
  const [gradient] = gradientsOf(square, graphOf(square), [x], 1, false);
  const value = gradient?.dataSync()[0];
  step.close();
  x.dispose();
  if (value !== 6 || engine().memory().numTensors !== before) {
    throw new AcceleratorError(
      "BACKEND_UNAVAILABLE",
      `The gradient engine of this tfjs-core does not behave as expected: d(x^2)/dx at 3 gave ${value}, ` +
        `tensors left: ${engine().memory().numTensors - before}. Install @tensorflow/tfjs-core 4.22.`,
    );
  }
  checked = true;
}

let checked = false;

/** Defines its own gradient: tfjs-core alone registers none. */
const squareOf = customGrad((x) => {
  const input = x as Tensor;
  return { value: mul(input, input), gradFunc: (dy: Tensor) => mul(dy, mul(input, 2)) };
});
