import type { TensorInfo } from "@tensorflow/tfjs-core";
import { defineMacro, type Macro } from "../lowering/define-macro.ts";
import type { Value } from "../lowering/value.ts";
import type { TensorSpec } from "../tensor-spec.ts";

const float = ({ shape }: TensorInfo): TensorSpec => ({ shape, dtype: "float32" });

const INVERSE_SQRT_TWO_PI = 1 / Math.sqrt(2 * Math.PI);

export const gelu: Macro<"AccGelu"> = defineMacro<"AccGelu">({
  record({ x }) {
    return { inputs: [x], outputs: [float(x)], attributes: undefined };
  },
  lower(graph, [x], _, [output]) {
    return [graph.value(graph.node("Gelu", [graph.whole(x as Value)]), output)];
  },
});

/** dy (cdf(x) + x pdf(x)) of the standard normal distribution */
export const geluGrad: Macro<"AccGeluGrad"> = defineMacro<"AccGeluGrad">({
  record({ dy, x }) {
    return { inputs: [dy, x], outputs: [float(x)], attributes: undefined };
  },
  lower(graph, inputs, _, [output]) {
    const [dy, x] = inputs.map((input) => graph.whole(input)) as [string, string];
    const mul = (a: string, b: string) => graph.node("Mul", [a, b]);
    const power = graph.node("Exp", [mul(mul(x, x), graph.scalar(-0.5))]);
    const density = mul(mul(x, power), graph.scalar(INVERSE_SQRT_TWO_PI));
    const error = graph.node("Erf", [mul(x, graph.scalar(Math.SQRT1_2))]);
    const half = graph.scalar(0.5);
    const distribution = graph.node("Add", [mul(error, half), half]);
    const slope = graph.node("Add", [distribution, density]);
    return [graph.value(mul(dy, slope), output)];
  },
});
