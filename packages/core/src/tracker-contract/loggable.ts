import type { Tensor } from "@tensorflow/tfjs-core";
import type { LogValue } from "./log-value.ts";

/** What users may log: plain values, and tensors anywhere among them. */
export type Loggable =
  | LogValue
  | Tensor
  | readonly Loggable[]
  | { readonly [key: string]: Loggable };
