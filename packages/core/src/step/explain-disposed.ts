import { engine, type NamedTensorMap, Tensor } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";

type Engine = { runKernel: (name: string, inputs: NamedTensorMap, attrs?: object) => unknown };

let isDone = false;

/**
 * Makes errors of tfjs about tensors that are disposed say why they are: a step disposes what was made in it. Methods of
 * tensors say only that, and kernels fail where they miss the values.
 */
export function explainDisposed(): void {
  if (isDone) return;
  isDone = true;
  (Tensor.prototype as unknown as { throwIfDisposed(): void }).throwIfDisposed = function (
    this: Tensor,
  ) {
    if (this.isDisposed) throw disposed(this, undefined);
  };
  const target = engine() as unknown as Engine;
  const { runKernel } = target;
  target.runKernel = function (this: Engine, name, inputs, attrs) {
    try {
      return runKernel.call(this, name, inputs, attrs);
    } catch (error) {
      const culprit = Object.values(inputs ?? {})
        .flat()
        .find((input) => input instanceof Tensor && input.isDisposed);
      throw culprit ? disposed(culprit, error) : error;
    }
  };
}

function disposed({ dtype, shape }: Tensor, cause: unknown): AcceleratorError {
  return new AcceleratorError(
    "TENSOR_DISPOSED",
    `Tensor is disposed: a ${dtype}[${shape}] is used that is gone. What a loop over a prepared loader makes in a step is ` +
      "disposed when it asks for the next batch. Hold the tensor with accelerator.keep(tensor), or read its value in the step: " +
      "total += (await loss.data())[0].",
    { cause },
  );
}
