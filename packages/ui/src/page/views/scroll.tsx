import type { ComponentChildren } from "preact";

type Props = {
  readonly label: string;
  readonly kind?: string;
  readonly children: ComponentChildren;
};

/** A part of the page that scrolls by itself. */
export function Scroll({ label, kind = "", children }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll it only if it can have the focus.
    <section class={`scroll ${kind}`} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
