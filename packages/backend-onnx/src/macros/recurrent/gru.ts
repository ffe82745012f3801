import type { TensorInfo } from "@tensorflow/tfjs-core";
import { defineMacro, type Macro } from "../../lowering/define-macro.ts";
import { gruGradInColumns, gruInColumns } from "./gru-in-columns.ts";
import { gruGradInRows, gruInRows } from "./gru-in-rows.ts";
import { float, isInColumns, type RecurrentSizes } from "./recurrent-graph.ts";

function sizesOf(x: TensorInfo, recurrentKernel: TensorInfo): RecurrentSizes {
  const [batch, steps, features] = x.shape as [number, number, number];
  return { batch, steps, features, units: recurrentKernel.shape[0] as number };
}

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
  lower(graph, inputs, sizes, outputs) {
    const lower = isInColumns(sizes) ? gruInColumns : gruInRows;
    return lower(graph, inputs, sizes, outputs);
  },
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
  lower(graph, inputs, sizes, outputs) {
    const lower = isInColumns(sizes) ? gruGradInColumns : gruGradInRows;
    return lower(graph, inputs, sizes, outputs);
  },
});
