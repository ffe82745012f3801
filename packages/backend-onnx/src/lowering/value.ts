import type { NumericType, Shape } from "../tensor-spec.ts";

/**
 * A tensor inside a graph. It may lie there smaller than it looks: what repeats along an axis is kept once
 * and left to broadcasting, and is expanded only for operators that need it whole.
 */
export type Value = {
  readonly name: string;
  /** The shape it has for tfjs. */
  readonly shape: Shape;
  /** The shape it has in the graph; broadcasts to `shape`. */
  readonly stored: Shape;
  readonly dtype: NumericType;
  /** All its elements, if they are one number that is known when the graph is compiled. */
  readonly constant?: number;
};
