/** A layer that holds weights itself, or several of the same size. */
export type LargestLayer = {
  /** Size of its weights, in the unit of the sizes that were given. */
  readonly size: number;
  /** All layers of that size. */
  readonly names: readonly string[];
};

/** `/` in names of TensorFlow.js, `.` in those of PyTorch. */
const SEPARATOR = /[/.]/g;

/** The sizes of a model by the names of its parts: of all of it as `""`, of every layer around a weight, and of the weight. */
export function sizesOfParts(weights: ReadonlyMap<string, number>): Map<string, number> {
  const sizes = new Map([["", 0]]);
  for (const [name, size] of weights) {
    for (const part of partsAround(name)) sizes.set(part, (sizes.get(part) ?? 0) + size);
  }
  return sizes;
}

/** The largest of the layers that hold weights themselves. A weight in no layer counts as one. */
export function largestLayer(weights: ReadonlyMap<string, number>): LargestLayer {
  const layers = new Map<string, number>();
  for (const [name, size] of weights) {
    const layer = partsAround(name).at(-2) || name;
    layers.set(layer, (layers.get(layer) ?? 0) + size);
  }
  let size = 0;
  for (const own of layers.values()) size = Math.max(size, own);
  const names = [...layers].filter(([, own]) => own === size).map(([name]) => name);
  return { size, names };
}

/** `""`, `a`, `a/b` and `a/b/kernel` for `a/b/kernel`. */
function partsAround(name: string): string[] {
  const ends = [...name.matchAll(SEPARATOR)].map(({ index }) => index);
  return ["", ...ends.filter((end) => end > 0).map((end) => name.slice(0, end)), name];
}
