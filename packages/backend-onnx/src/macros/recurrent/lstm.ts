import { defineMacro, type Macro } from "../../lowering/define-macro.ts";
import { lstmGradInColumns, lstmInColumns } from "./lstm-in-columns.ts";
import { lstmGradInRows, lstmInRows } from "./lstm-in-rows.ts";
import { byBatch, float, type RecurrentSizes, sizesOf } from "./recurrent-graph.ts";

/**
 * The outputs and the last cell state as one sequence, then what the gradient needs: the gates after their
 * activation (input and forget, output, candidate) and the cell states; all are `[time, batch, …]`.
 */
export const lstm: Macro<"AccLstm"> = defineMacro<"AccLstm", RecurrentSizes>({
  record({ x, kernel, recurrentKernel, bias, hidden, cell }) {
    const sizes = sizesOf(x, recurrentKernel);
    const { batch, steps, units } = sizes;
    return {
      inputs: [x, kernel, recurrentKernel, bias, hidden, cell],
      outputs: [
        float(steps + 1, batch, units),
        float(steps, batch, 2 * units),
        float(steps, batch, units),
        float(steps, batch, units),
        float(steps, batch, units),
      ],
      attributes: sizes,
    };
  },
  lower: byBatch(lstmInColumns, lstmInRows),
});

/** The gradients of the inputs. */
export const lstmGrad: Macro<"AccLstmGrad"> = defineMacro<"AccLstmGrad", RecurrentSizes>({
  record(given) {
    const { x, kernel, recurrentKernel, hidden, cell } = given;
    const sizes = sizesOf(x, recurrentKernel);
    return {
      inputs: [
        ...[given.dy, x, kernel, recurrentKernel, hidden, cell, given.value],
        ...[given.inputForget, given.outputGates, given.candidates, given.cells],
      ],
      outputs: [
        float(...x.shape),
        float(...kernel.shape),
        float(...recurrentKernel.shape),
        float(recurrentKernel.shape[1] as number),
        float(...hidden.shape),
        float(...cell.shape),
      ],
      attributes: sizes,
    };
  },
  lower: byBatch(lstmGradInColumns, lstmGradInRows),
});
