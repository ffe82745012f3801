import type { NumericType, Shape } from "../tensor-spec.ts";

/**
 * A tensor inside a graph. It may be stored with fewer elements than its shape has: values that repeat along an
 * axis are stored once and broadcast, and are expanded only for operators that need every element.
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
