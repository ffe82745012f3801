import type { FusedAttributes, FusedInputs, FusedKernels } from "@acc/core";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { defineMacro, type Macro } from "../lowering/define-macro.ts";
import type { GraphLowering } from "../lowering/graph-lowering.ts";

type OptimizerKernel = "AccSgd" | "AccMomentum" | "AccAdam" | "AccRmsProp";

/** The inputs of an optimizer by name. */
type Named<Name extends OptimizerKernel, T> = FusedInputs<Name, T>;

/** The inputs that have a new value: the outputs of the kernel. */
type Slot<Name extends OptimizerKernel> = Exclude<
  FusedKernels[Name]["outputs"][number],
  "value" | undefined
>;

/** The inputs other than the variable, its gradient and its slots: numbers, one element each. */
type Scalar<Name extends OptimizerKernel> = Exclude<
  FusedKernels[Name]["inputs"],
  "value" | "gradient" | Slot<Name>
>;

/**
 * One step of an optimizer on one variable. The results are the new value and the new slots.
 *
 * @param slots inputs that have the shape of the variable and a new value, in the order of the outputs.
 * @param scalars inputs of one element.
 */
function optimizer<Name extends OptimizerKernel>(
  slots: readonly Slot<Name>[],
  scalars: readonly Scalar<Name>[],
  lower: (
    arithmetic: Arithmetic,
    inputs: Named<Name, string>,
    attributes: FusedAttributes<Name>,
  ) => string[],
): Macro<Name> {
  const names: readonly string[] = ["value", "gradient", ...scalars, ...slots];
  return defineMacro<Name, { attributes: FusedAttributes<Name>; present: readonly string[] }>({
    record(given, attributes) {
      const inputs: Readonly<Record<string, TensorInfo | undefined>> = given;
      const present = names.filter((name) => inputs[name]);
      const { shape } = inputs.value as TensorInfo;
      const changed = ["value", ...slots].filter((name) => inputs[name]);
      return {
        inputs: present.map((name) => inputs[name] as TensorInfo),
        outputs: changed.map(() => ({ shape, dtype: "float32" })) as never,
        attributes: { attributes, present },
        key: JSON.stringify(attributes),
      };
    },
    lower(graph, values, { attributes, present }, outputs) {
      const whole = new Set<string>(["value", "gradient", ...slots]);
      const inputs = values.map((value, i) => {
        const name = present[i] as string;
        return [name, whole.has(name) ? graph.whole(value) : value.name] as const;
      });
      const results = lower(
        new Arithmetic(graph),
        Object.fromEntries(inputs) as Named<Name, string>,
        attributes,
      );
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

export const sgd: Macro<"AccSgd"> = optimizer<"AccSgd">(
  [],
  ["learningRate"],
  (op, { value, gradient, learningRate }) => [
    op.add(op.mul(gradient, op.neg(learningRate)), value),
  ],
);

export const momentum: Macro<"AccMomentum"> = optimizer<"AccMomentum">(
  ["accumulation"],
  ["learningRate"],
  (op, { value, gradient, learningRate, accumulation }, { momentum, useNesterov }) => {
    const sum = op.add(op.mul(accumulation, momentum), gradient);
    const direction = useNesterov ? op.add(gradient, op.mul(sum, momentum)) : sum;
    return [op.add(op.mul(direction, op.neg(learningRate)), value), sum];
  },
);

/** The bias corrections are single numbers: they are computed separately, without a pass over the variable. */
export const adam: Macro<"AccAdam"> = optimizer<"AccAdam">(
  ["firstMoment", "secondMoment"],
  ["learningRate", "accBeta1", "accBeta2"],
  (op, inputs, { beta1, beta2, epsilon, weightDecay }) => {
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

export const rmsProp: Macro<"AccRmsProp"> = optimizer<"AccRmsProp">(
  ["meanSquare", "moment", "meanGradient"],
  ["learningRate"],
  (op, inputs, { decay, momentum, epsilon, centered }) => {
    const { value, gradient, learningRate } = inputs;
    const square = op.blend(inputs.meanSquare, op.mul(gradient, gradient), decay);
    const mean = centered ? op.blend(inputs.meanGradient as string, gradient, decay) : undefined;
    const variance = mean
      ? op.sub(square, op.add(op.mul(mean, mean), epsilon))
      : op.add(square, epsilon);
    const change = op.div(op.mul(gradient, learningRate), op.sqrt(variance));
    const moment = op.add(op.mul(inputs.moment, momentum), change);
    return [op.sub(value, moment), square, moment, ...(mean ? [mean] : [])];
  },
);
