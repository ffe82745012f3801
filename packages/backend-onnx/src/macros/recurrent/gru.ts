import { defineMacro, type Macro } from "../../lowering/define-macro.ts";
import { gruGradInColumns, gruInColumns } from "./gru-in-columns.ts";
import { gruGradInRows, gruInRows } from "./gru-in-rows.ts";
import { byBatch, float, type RecurrentSizes, sizesOf } from "./recurrent-graph.ts";

/** The outputs, and the gates after their activation (update and reset, candidate); all are `[time, batch, …]`. */
export const gru: Macro<"AccGru"> = defineMacro<"AccGru", RecurrentSizes>({
  record({ x, kernel, recurrentKernel, bias, hidden }) {
    const sizes = sizesOf(x, recurrentKernel);
    const { batch, steps, units } = sizes;
    return {
      inputs: [x, kernel, recurrentKernel, bias, hidden],
      outputs: [
        float(steps, batch, units),
        float(steps, batch, 2 * units),
        float(steps, batch, units),
      ],
      attributes: sizes,
    };
  },
  lower: byBatch(gruInColumns, gruInRows),
});

/** The gradients of the inputs. */
export const gruGrad: Macro<"AccGruGrad"> = defineMacro<"AccGruGrad", RecurrentSizes>({
  record({ dy, x, kernel, recurrentKernel, hidden, value, updateReset, candidates: fresh }) {
    return {
      inputs: [dy, x, kernel, recurrentKernel, hidden, value, updateReset, fresh],
      outputs: [
        float(...x.shape),
        float(...kernel.shape),
        float(...recurrentKernel.shape),
        float(recurrentKernel.shape[1] as number),
        float(...hidden.shape),
      ],
      attributes: sizesOf(x, recurrentKernel),
    };
  },
  lower: byBatch(gruGradInColumns, gruGradInRows),
});
