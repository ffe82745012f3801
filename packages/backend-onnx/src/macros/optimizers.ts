import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { GraphLowering } from "../lowering/graph-lowering.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";

type Inputs<Names extends string> = Readonly<
  Record<Names | "value" | "gradient" | "learningRate", TensorInfo>
>;

/**
 * One step of an optimizer on one variable. The results are the new value and the new slots.
 *
 * @param slots inputs that have the shape of the variable and a new value.
 * @param numbers further inputs, of one element.
 */
function optimizer<Slots extends string, Numbers extends string, Attributes>(
  name: string,
  slots: readonly Slots[],
  numbers: readonly Numbers[],
  lower: (
    arithmetic: Arithmetic,
    inputs: Readonly<Record<Slots | Numbers | "value" | "gradient" | "learningRate", string>>,
    attributes: Attributes,
  ) => string[],
): Kernel {
  type Named = Inputs<Slots | Numbers>;
  const names = ["value", "gradient", "learningRate", ...numbers, ...slots] as const;
  return defineKernel<Named, Attributes, Attributes & { readonly present: readonly string[] }>({
    name,
    record(inputs, attributes) {
      const present = names.filter((input) => inputs[input]);
      const spec = { shape: inputs.value.shape, dtype: "float32" as const };
      const changed = ["value", ...slots].filter((input) => present.includes(input as "value"));
      return {
        inputs: present.map((input) => inputs[input]),
        outputs: changed.map(() => spec),
        attributes: { ...attributes, present },
        key: JSON.stringify(attributes),
      };
    },
    lower(graph, values, attributes, outputs) {
      const { present } = attributes;
      const inputs = Object.fromEntries(
        values.map((value, i) => [
          present[i],
          i > 1 && !slots.includes(present[i] as Slots) ? value.name : graph.whole(value),
        ]),
      );
      const results = lower(new Arithmetic(graph), inputs as never, attributes);
      return outputs.map((output, i) => graph.value(results[i] as string, output));
    },
  });
}

/** Operators on tensors of equal shape and on numbers. */
class Arithmetic {
  readonly #graph: GraphLowering;

  constructor(graph: GraphLowering) {
    this.#graph = graph;
  }

  add(a: string, b: string | number): string {
    return this.#node("Add", a, b);
  }

  sub(a: string | number, b: string): string {
    return this.#node("Sub", a, b);
  }

  mul(a: string, b: string | number): string {
    return this.#node("Mul", a, b);
  }

  div(a: string | number, b: string): string {
    return this.#node("Div", a, b);
  }

  neg(a: string): string {
    return this.#node("Neg", a);
  }

  sqrt(a: string): string {
    return this.#node("Sqrt", a);
  }

  /** `a * share + b * (1 - share)` */
  blend(a: string, b: string, share: number): string {
    return this.add(this.mul(a, share), this.mul(b, 1 - share));
  }

  #node(operator: string, ...operands: (string | number)[]): string {
    const names = operands.map((operand) =>
      typeof operand === "number" ? this.#graph.scalar(operand) : operand,
    );
    return this.#graph.node(operator, names);
  }
}

export const sgd: Kernel = optimizer("AccSgd", [], [], (op, { value, gradient, learningRate }) => [
  op.add(op.mul(gradient, op.neg(learningRate)), value),
]);

type Momentum = { readonly momentum: number; readonly useNesterov: boolean };

export const momentum: Kernel = optimizer(
  "AccMomentum",
  ["accumulation"],
  [],
  (op, { value, gradient, learningRate, accumulation }, { momentum, useNesterov }: Momentum) => {
    const sum = op.add(op.mul(accumulation, momentum), gradient);
    const direction = useNesterov ? op.add(gradient, op.mul(sum, momentum)) : sum;
    return [op.add(op.mul(direction, op.neg(learningRate)), value), sum];
  },
);

type Adam = Readonly<Record<"beta1" | "beta2" | "epsilon" | "weightDecay", number>>;

/** The corrections of the bias are numbers: they are worked out apart and cost no pass over the variable. */
export const adam: Kernel = optimizer(
  "AccAdam",
  ["firstMoment", "secondMoment"],
  ["accBeta1", "accBeta2"],
  (op, inputs, { beta1, beta2, epsilon, weightDecay }: Adam) => {
    const { gradient, learningRate, accBeta1, accBeta2 } = inputs;
    const first = op.blend(inputs.firstMoment, gradient, beta1);
    const second = op.blend(inputs.secondMoment, op.mul(gradient, gradient), beta2);
    const rate = op.div(op.neg(learningRate), op.sub(1, accBeta1));
    const correction = op.div(1, op.sqrt(op.sub(1, accBeta2)));
    const spread = op.add(op.mul(op.sqrt(second), correction), epsilon);
    const kept =
      weightDecay === 0
        ? inputs.value
        : op.mul(inputs.value, op.sub(1, op.mul(learningRate, weightDecay)));
    return [op.add(op.mul(op.div(first, spread), rate), kept), first, second];
  },
);

type RmsProp = {
  readonly decay: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly centered: boolean;
};

export const rmsProp: Kernel = optimizer(
  "AccRmsProp",
  ["meanSquare", "moment", "meanGradient"],
  [],
  (op, inputs, { decay, momentum, epsilon, centered }: RmsProp) => {
    const { value, gradient, learningRate } = inputs;
    const square = op.blend(inputs.meanSquare, op.mul(gradient, gradient), decay);
    const mean = centered ? op.blend(inputs.meanGradient, gradient, decay) : undefined;
    const variance = mean
      ? op.sub(square, op.add(op.mul(mean, mean), epsilon))
      : op.add(square, epsilon);
    const change = op.div(op.mul(gradient, learningRate), op.sqrt(variance));
    const moment = op.add(op.mul(inputs.moment, momentum), change);
    return [op.sub(value, moment), square, moment, ...(mean ? [mean] : [])];
  },
);
