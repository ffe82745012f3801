/** Names of the inputs, attributes and outputs of a fused kernel. */
type Signature<
  Inputs extends string,
  Outputs extends readonly (string | undefined)[],
  Attributes = Readonly<Record<never, never>>,
  /** Inputs that a call may leave out. */
  Optional extends string = never,
> = {
  readonly inputs: Inputs;
  readonly optional: Optional;
  readonly attributes: Readonly<Attributes>;
  readonly outputs: Outputs;
};

type Lstm = "x" | "kernel" | "recurrentKernel" | "hidden" | "cell";
type Gru = "x" | "kernel" | "recurrentKernel" | "hidden";
type Update = "value" | "gradient" | "learningRate";

/**
 * Kernels of whole functions that a backend may register under these names. If a backend lacks one, the function is
 * composed of tfjs operations. Each has named inputs, attributes, and outputs in this order. Inputs are float32 and
 * not empty, except `key`, which is int32. A kernel with the suffix `Grad` gives the gradients of the inputs;
 * optimizers give the new value of the variable, then those of their slots.
 */
export type FusedKernels = {
  readonly AccLayerNorm: Signature<
    "x" | "gamma" | "beta",
    ["value", "center", "inverse"],
    { epsilon: number }
  >;
  readonly AccLayerNormGrad: Signature<
    "dy" | "x" | "gamma" | "center" | "inverse",
    ["x", "gamma", "beta"]
  >;
  readonly AccGelu: Signature<"x", ["value"]>;
  readonly AccGeluGrad: Signature<"dy" | "x", ["x"]>;
  readonly AccSoftmaxCrossEntropy: Signature<"labels" | "logits", ["losses", "predicted"]>;
  readonly AccSoftmaxCrossEntropyGrad: Signature<"dy" | "labels" | "predicted", ["logits"]>;
  readonly AccAttentionSoftmax: Signature<"scores", ["weights"], { scale: number }, "bias">;
  readonly AccAttentionSoftmaxGrad: Signature<"dy" | "weights", ["scores"], { scale: number }>;
  /** Sequences are `[time, batch, …]`; the last cell state follows the outputs in `value` as one more step. */
  readonly AccLstm: Signature<
    Lstm | "bias",
    ["value", "inputForget", "outputGates", "candidates", "cells"]
  >;
  readonly AccLstmGrad: Signature<
    Lstm | "dy" | "value" | "inputForget" | "outputGates" | "candidates" | "cells",
    ["x", "kernel", "recurrentKernel", "bias", "hidden", "cell"]
  >;
  /** Sequences are `[time, batch, …]`. */
  readonly AccGru: Signature<Gru | "bias", ["value", "updateReset", "candidates"]>;
  readonly AccGruGrad: Signature<
    Gru | "dy" | "value" | "updateReset" | "candidates",
    ["x", "kernel", "recurrentKernel", "bias", "hidden"]
  >;
  readonly AccDropout: Signature<"x" | "key", ["value"], { rate: number }>;
  readonly AccSgd: Signature<Update, ["value"]>;
  readonly AccMomentum: Signature<
    Update | "accumulation",
    ["value", "accumulation"],
    { momentum: number; useNesterov: boolean }
  >;
  readonly AccAdam: Signature<
    Update | "firstMoment" | "secondMoment" | "accBeta1" | "accBeta2",
    ["value", "firstMoment", "secondMoment"],
    { beta1: number; beta2: number; epsilon: number; weightDecay: number }
  >;
  /** `meanGradient` is given if it is centered, and only then. */
  readonly AccRmsProp: Signature<
    Update | "meanSquare" | "moment",
    ["value", "meanSquare", "moment", "meanGradient"?],
    { decay: number; momentum: number; epsilon: number; centered: boolean },
    "meanGradient"
  >;
};

export type FusedKernel = keyof FusedKernels;

/** The inputs of a kernel by name: tensors, or what describes them. */
export type FusedInputs<Name extends FusedKernel, T> = Readonly<
  Record<FusedKernels[Name]["inputs"], T> & Partial<Record<FusedKernels[Name]["optional"], T>>
>;

export type FusedAttributes<Name extends FusedKernel> = FusedKernels[Name]["attributes"];

/** One `T` for each output of a kernel, in order. */
export type FusedOutputs<Name extends FusedKernel, T> = EachOf<FusedKernels[Name]["outputs"], T>;

type EachOf<Names extends readonly unknown[], T> = { [place in keyof Names]: T };
