/** Numbers in float64, with a shape: what references compute with. */
export type Numbers = { readonly shape: readonly number[]; readonly values: Float64Array };

export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, length) => product * length, 1);

/** Calls `visit` with every index of a shape, in order. The array is reused. */
export function eachIndex(
  shape: readonly number[],
  visit: (index: readonly number[], place: number) => void,
): void {
  const size = sizeOf(shape);
  const index = shape.map(() => 0);
  for (let place = 0; place < size; place++) {
    visit(index, place);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      index[axis] = 0;
    }
  }
}

export function generate(
  shape: readonly number[],
  at: (index: readonly number[]) => number,
): Numbers {
  const values = new Float64Array(sizeOf(shape));
  eachIndex(shape, (index, place) => {
    values[place] = at(index);
  });
  return { shape, values };
}

/** The number at an index, which must be inside. */
export function at({ shape, values }: Numbers, index: readonly number[]): number {
  let place = 0;
  for (let axis = 0; axis < shape.length; axis++)
    place = place * (shape[axis] as number) + (index[axis] as number);
  return values[place] as number;
}

export const map = ({ shape, values }: Numbers, fn: (value: number) => number): Numbers => ({
  shape,
  values: values.map(fn),
});

/** Axes in a new order. */
export function transpose(x: Numbers, order: readonly number[]): Numbers {
  const source = x.shape.map(() => 0);
  return generate(
    order.map((axis) => x.shape[axis] as number),
    (index) => {
      for (const [i, axis] of order.entries()) source[axis] = index[i] as number;
      return at(x, source);
    },
  );
}

/** From channels first to channels last, and back. */
export function channelsLast(x: Numbers): Numbers {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(x, [0, ...axes.slice(2), 1]);
}
export function channelsFirst(x: Numbers): Numbers {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(x, [0, axes.length - 1, ...axes.slice(1, -1)]);
}

/** Elements of tensors that are broadcast against each other. */
export function combine(a: Numbers, b: Numbers, fn: (a: number, b: number) => number): Numbers {
  const rank = Math.max(a.shape.length, b.shape.length);
  const lengths = (x: Numbers) => [...Array(rank - x.shape.length).fill(1), ...x.shape] as number[];
  const [as, bs] = [lengths(a), lengths(b)];
  const shape = as.map((length, axis) => (length === 1 ? (bs[axis] as number) : length));
  const own = (x: Numbers, sides: readonly number[], index: readonly number[]) =>
    at(
      { shape: sides, values: x.values },
      index.map((place, axis) => (sides[axis] === 1 ? 0 : place)),
    );
  return generate(shape, (index) => fn(own(a, as, index), own(b, bs, index)));
}
