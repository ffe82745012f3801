import type { IdentityInputs } from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../record/kernel.ts";

export const identity: Kernel = defineKernel<IdentityInputs, unknown>({
  name: "Identity",
  record: ({ x }) => ({ alias: x, shape: x.shape }),
});
