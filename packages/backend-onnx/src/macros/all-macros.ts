import type { Kernel } from "../record/kernel.ts";
import { attentionSoftmax, attentionSoftmaxGrad } from "./attention-softmax.ts";
import { dropout } from "./dropout.ts";
import { gelu, geluGrad } from "./gelu.ts";
import { gru, gruGrad } from "./gru.ts";
import { layerNorm, layerNormGrad } from "./layer-norm.ts";
import { lstm, lstmGrad } from "./lstm.ts";
import { adam, momentum, rmsProp, sgd } from "./optimizers.ts";
import { softmaxCrossEntropy, softmaxCrossEntropyGrad } from "./softmax-cross-entropy.ts";

/** Kernels that tfjs does not know: functions and optimizer steps of `@acc/core`, each one record. */
export const MACROS: readonly Kernel[] = [
  ...[layerNorm, layerNormGrad, gelu, geluGrad, softmaxCrossEntropy, softmaxCrossEntropyGrad],
  ...[attentionSoftmax, attentionSoftmaxGrad, lstm, lstmGrad, gru, gruGrad, dropout],
  ...[sgd, momentum, adam, rmsProp],
];
