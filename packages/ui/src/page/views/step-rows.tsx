import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { MediaItem } from "../../wire/schema.ts";
import { itemsByKey } from "../model/items-by-key.ts";
import { StepSlider } from "./step-slider.tsx";

type Props<Item extends MediaItem> = {
  readonly items: readonly Item[];
  /** Said if there is none. */
  readonly none: string;
  children(item: Item): ComponentChildren;
};

/** What was logged under all keys at one step: the slider goes through every step that has some. */
export function StepRows<Item extends MediaItem>({ items, none, children }: Props<Item>) {
  const steps = [...new Set(items.map(({ step }) => step))].sort((a, b) => a - b);
  const [chosen, setChosen] = useState<number>();
  const step = chosen ?? steps.at(-1) ?? 0;
  const at = Math.max(0, steps.indexOf(step));
  if (steps.length === 0) return <p class="empty">{none}</p>;
  const go = (index: number): void =>
    // The newest stays the newest while others come.
    setChosen(index >= steps.length - 1 ? undefined : steps[Math.max(0, index)]);
  return (
    <>
      <div class="bar">
        <StepSlider steps={steps} at={at} onChange={go} isWide />
        <span class="dim">
          {at + 1} of {steps.length}
        </span>
      </div>
      {itemsByKey(items).map(([key, ofKey]) => (
        <Row key={key} name={key} items={ofKey} step={step}>
          {children}
        </Row>
      ))}
    </>
  );
}

type RowProps<Item extends MediaItem> = Omit<Props<Item>, "none"> & {
  readonly name: string;
  readonly step: number;
};

function Row<Item extends MediaItem>({ name, items, step, children }: RowProps<Item>) {
  // What is there at this step, else what was there before: said, not hidden.
  const steps = items.map((item) => item.step);
  const shownStep = Math.max(...steps.filter((one) => one <= step), Math.min(...steps));
  const shown = items.filter((item) => item.step === shownStep);
  return (
    <section class="step-row">
      <h3>
        {name}{" "}
        {shownStep !== step && (
          <span class="dim">
            nothing at step {step}; this is step {shownStep}
          </span>
        )}
      </h3>
      <div class="items">{shown.map(children)}</div>
    </section>
  );
}
