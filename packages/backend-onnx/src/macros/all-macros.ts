import type { FusedKernel } from "@acc/core";
import type { Macro } from "../lowering/define-macro.ts";
import type { Kernel } from "../lowering/kernel.ts";
import { attentionSoftmax, attentionSoftmaxGrad } from "./attention-softmax.ts";
import { dropout } from "./dropout.ts";
import { gelu, geluGrad } from "./gelu.ts";
import { layerNorm, layerNormGrad } from "./layer-norm.ts";
import { adam, momentum, rmsProp, sgd } from "./optimizers.ts";
import { gru, gruGrad } from "./recurrent/gru.ts";
import { lstm, lstmGrad } from "./recurrent/lstm.ts";
import { softmaxCrossEntropy, softmaxCrossEntropyGrad } from "./softmax-cross-entropy.ts";

/** All of core's fused kernels: functions and optimizer steps, each one record. */
const BY_NAME = {
  AccLayerNorm: layerNorm,
  AccLayerNormGrad: layerNormGrad,
  AccGelu: gelu,
  AccGeluGrad: geluGrad,
  AccSoftmaxCrossEntropy: softmaxCrossEntropy,
  AccSoftmaxCrossEntropyGrad: softmaxCrossEntropyGrad,
  AccAttentionSoftmax: attentionSoftmax,
  AccAttentionSoftmaxGrad: attentionSoftmaxGrad,
  AccLstm: lstm,
  AccLstmGrad: lstmGrad,
  AccGru: gru,
  AccGruGrad: gruGrad,
  AccDropout: dropout,
  AccSgd: sgd,
  AccMomentum: momentum,
  AccAdam: adam,
  AccRmsProp: rmsProp,
} satisfies { readonly [Name in FusedKernel]: Macro<Name> };

/** Kernels that tfjs does not know. */
export const MACROS: readonly Kernel[] = Object.entries(BY_NAME).map(([name, macro]) => ({
  ...macro,
  name,
}));
