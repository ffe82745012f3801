import type { MediaItem } from "../../wire/schema.ts";

type Props = {
  readonly items: readonly MediaItem[];
  /** Which of them is shown. */
  readonly at: number;
  onChange(at: number): void;
};

/** Goes through the steps of what was logged under one key. */
export function StepSlider({ items, at, onChange }: Props) {
  const step = items[at]?.step;
  if (items.length === 1) return <span class="dim">step {step}</span>;
  return (
    <label class="field">
      <span>step {step}</span>
      <input
        type="range"
        min="0"
        max={items.length - 1}
        value={at}
        aria-valuetext={`step ${step}`}
        onInput={({ currentTarget }) => onChange(Number(currentTarget.value))}
      />
    </label>
  );
}
