import { Tensor } from "@tensorflow/tfjs-core";
import { isPlainObject } from "../plain-object.ts";

/** Stands for the tensor at this place of a list. */
class Place {
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }
}

/** Separates arrays and plain objects from the tensors in them: `fillTemplate` puts tensors in their places again. */
export function templateOf(value: unknown): {
  readonly template: unknown;
  readonly tensors: readonly Tensor[];
} {
  const tensors: Tensor[] = [];
  const template = replaceTensors(value, (tensor) => new Place(tensors.push(tensor) - 1));
  return { template, tensors };
}

/** A copy of the template with tensors in their places. */
export function fillTemplate(template: unknown, tensors: readonly Tensor[]): unknown {
  return replaceTensors(
    template,
    (tensor) => tensor,
    (value) => (value instanceof Place ? tensors[value.index] : value),
  );
}

/** A copy of arrays and plain objects in which tensors, and other values, are replaced. */
export function replaceTensors(
  value: unknown,
  replace: (tensor: Tensor) => unknown,
  replaceOther: (value: unknown) => unknown = (other) => other,
): unknown {
  if (value instanceof Tensor) return replace(value);
  const descend = (item: unknown) => replaceTensors(item, replace, replaceOther);
  if (Array.isArray(value)) return value.map(descend);
  if (!isPlainObject(value)) return replaceOther(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, descend(item)]));
}
