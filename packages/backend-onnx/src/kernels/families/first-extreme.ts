import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Value } from "../../lowering/value.ts";
import { defineKernel, type Kernel } from "../../record/kernel.ts";
import type { TensorSpec } from "../../tensor-spec.ts";
import { axesOf, reducedShape } from "./reduction.ts";
import { withoutNan } from "./without-nan.ts";

type Inputs = { readonly x: TensorInfo };

type Attributes = { readonly axis: number };

/**
 * A kernel that finds the place of the largest or smallest element along an axis: the first of equal ones.
 *
 * @param worst the number that takes the place of NaN, which is passed over.
 */
export function firstExtreme(operator: "ArgMax" | "ArgMin", worst: number): Kernel {
  return defineKernel<Inputs, Attributes, number>({
    name: operator,
    record({ x }, { axis }) {
      if (x.dtype === "bool" || x.shape.length === 0) return undefined;
      const [along = 0] = axesOf(axis, x.shape);
      const shape = reducedShape(x.shape, [along], false);
      return {
        inputs: [x],
        outputs: [{ shape, dtype: "int32" }],
        attributes: along,
        key: String(along),
      };
    },
    lower(graph, [x], axis, [output]) {
      const whole = graph.whole(x as Value);
      const values = (x as Value).dtype === "float32" ? withoutNan(graph, whole, worst) : whole;
      const place = graph.node(operator, [values], { axis, keepdims: 0 });
      return [graph.value(graph.cast(place, "int32"), output as TensorSpec)];
    },
  });
}
