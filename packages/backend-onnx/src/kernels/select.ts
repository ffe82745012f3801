import type { SelectInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType, TensorSpec } from "../tensor-spec.ts";

/** A condition of one axis chooses whole rows. */
export const select: Kernel = defineKernel<SelectInputs, unknown>({
  name: "Select",
  record({ condition, t, e }) {
    if (condition.dtype !== "bool" || t.dtype !== e.dtype) return undefined;
    const outputs = [{ shape: t.shape, dtype: t.dtype as NumericType }];
    return { inputs: [condition, t, e], outputs, attributes: undefined };
  },
  lower(graph, inputs, _, [output]) {
    const [condition, t, e] = inputs as [Value, Value, Value];
    const spec = output as TensorSpec;
    const [rows = 1] = condition.shape;
    const choice =
      condition.shape.length === 1 && spec.shape.length > 1
        ? graph.reshaped(condition, [rows, ...spec.shape.slice(1).map(() => 1)])
        : condition;
    if (spec.dtype !== "bool") return [graph.elementwise("Where", [choice, t, e], spec)];
    // There is no choice between bools.
    const chosen = graph.elementwise("And", [choice, t], spec);
    const others = graph.elementwise("And", [graph.map("Not", choice, "bool"), e], spec);
    return [graph.elementwise("Or", [chosen, others], spec)];
  },
});
