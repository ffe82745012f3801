import type { TensorInfo, TopKAttrs, TopKInputs } from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../../lowering/kernel.ts";
import type { Value } from "../../lowering/value.ts";
import type { NumericType, TensorSpec } from "../../tensor-spec.ts";
import { withoutNan } from "../elementwise/math.ts";
import { axesOf, reducedShape } from "./axes.ts";

type Inputs = { readonly x: TensorInfo };

type Attributes = { readonly axis: number };

/**
 * A kernel that finds the place of the largest or smallest element along an axis: the first of equal ones.
 *
 * @param worst the number that replaces NaN, so that NaN is ignored.
 */
function firstExtreme(operator: "ArgMax" | "ArgMin", worst: number): Kernel {
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

/** The k largest of the last axis; of equal ones the first. */
const topK = defineKernel<TopKInputs, TopKAttrs, number>({
  name: "TopK",
  record({ x }, { k }) {
    if (x.dtype === "bool" || x.shape.length === 0) return undefined;
    const shape = x.shape.with(-1, k);
    return {
      inputs: [x],
      outputs: [
        { shape, dtype: x.dtype as NumericType },
        { shape, dtype: "int32" },
      ],
      attributes: k,
      key: String(k),
    };
  },
  lower(graph, [x], k, outputs) {
    const [values, places] = graph.nodes(
      "TopK",
      [graph.whole(x as Value), graph.integers([k])],
      { axis: -1 },
      2,
    ) as [string, string];
    const [largest, indices] = outputs as [TensorSpec, TensorSpec];
    return [graph.value(values, largest), graph.value(graph.cast(places, "int32"), indices)];
  },
});

/** Indices of the largest and smallest elements. */
export const EXTREMES: readonly Kernel[] = [
  firstExtreme("ArgMax", -Infinity),
  firstExtreme("ArgMin", Infinity),
  topK,
];
