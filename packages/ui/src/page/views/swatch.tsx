import type { RunStyle } from "../model/colors.ts";

/** The colour of a run beside its name. */
export function Swatch({ style }: { readonly style: RunStyle }) {
  return (
    <span
      class={style.isDashed ? "swatch dashed" : "swatch"}
      style={{ color: style.color }}
      aria-hidden="true"
    />
  );
}
