import { type GradConfig, type NamedAttrMap, type Tensor, util } from "@tensorflow/tfjs-core";

/** Of products over axes; tfjs's fails where they count from the end. */
export function productGradient(stock: GradConfig): GradConfig {
  return {
    ...stock,
    gradFunc: (dy, saved, attributes) => {
      const { axis } = attributes as unknown as { readonly axis: number | number[] };
      const [x] = saved as [Tensor];
      const given = { ...attributes, axis: util.parseAxisParam(axis, x.shape) };
      return stock.gradFunc(dy, saved, given as NamedAttrMap);
    },
  };
}
