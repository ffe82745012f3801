import type { Variable } from "@tensorflow/tfjs-core";
import type { SyncKind } from "./unsynced-models.ts";

/** What a rank knows about its next exchange when it computes the gradients. */
export type AnnouncedExchange = {
  /** Of every model, in the order in which they were prepared. */
  readonly kinds: readonly SyncKind[];
  /** The variables, by index, whose gradients of an earlier exchange are still there, and are averaged again. */
  readonly kept: readonly number[];
};

/** How gradients are clipped: together to a norm, or each element. */
export type Clip =
  | { readonly maxNorm: number; readonly normType: number }
  | { readonly maxValue: number };

/** Where a rank in `joinUnevenInputs` tells those whose loops are over what it does. */
export interface UnevenRanks {
  /** What `meet` is to say about an exchange: a replay, which computes no gradients in JavaScript, says it again. */
  announce(): AnnouncedExchange;
  /** This rank is about to exchange gradients. Collective. */
  meet(announced: AnnouncedExchange): void;
  /** This rank clips gradients: the others clip what they have of an exchange, in case it is averaged again. */
  noteClip(variables: readonly Variable[], clip: Clip): void;
}
