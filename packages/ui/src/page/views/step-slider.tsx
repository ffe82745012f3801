type Props = {
  readonly steps: readonly number[];
  /** Which of them is shown. */
  readonly at: number;
  onChange(at: number): void;
  /** Whether it takes the room that is left. */
  readonly isWide?: boolean;
};

/** Goes through the steps at which something was logged. */
export function StepSlider({ steps, at, onChange, isWide = false }: Props) {
  const step = steps[at];
  if (steps.length === 1) return <span class="dim">step {step}</span>;
  return (
    <label class={isWide ? "field grow" : "field"}>
      <span>step {step}</span>
      <input
        type="range"
        min="0"
        max={steps.length - 1}
        value={at}
        aria-valuetext={`step ${step}`}
        onInput={({ currentTarget }) => onChange(Number(currentTarget.value))}
      />
    </label>
  );
}
