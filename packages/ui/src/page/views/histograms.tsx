import { useState } from "preact/hooks";
import type { Histogram, MediaItem, RunSummary } from "../../wire/schema.ts";
import { getHistogram } from "../media.ts";
import { shortNumber } from "../model/format.ts";
import { itemsByKey } from "../model/items-by-key.ts";
import { StepSlider } from "./step-slider.tsx";
import { useLoaded } from "./use-loaded.ts";

type Props = { readonly run: RunSummary; readonly items: readonly MediaItem[] };

/** How lists of numbers are spread: for each key the newest, and the steps before it. */
export function Histograms({ run, items }: Props) {
  return (
    <div class="cards">
      {itemsByKey(items).map(([key, ofKey]) => (
        <HistogramCard key={key} run={run} name={key} items={ofKey} />
      ))}
    </div>
  );
}

function HistogramCard({ run, name, items }: Props & { readonly name: string }) {
  const [chosen, setChosen] = useState<number>();
  const at = Math.min(chosen ?? items.length - 1, items.length - 1);
  const item = items[at] as MediaItem;
  const histogram = useLoaded(() => getHistogram(run, item), [item.offset, item.index]);
  return (
    <article class="card" aria-label={name}>
      <header>
        <h3 title={name}>{name}</h3>
        <StepSlider steps={items.map(({ step }) => step)} at={at} onChange={setChosen} />
      </header>
      {histogram && <Bars name={name} step={item.step} histogram={histogram} />}
    </article>
  );
}

type BarsProps = {
  readonly name: string;
  readonly step: number;
  readonly histogram: Histogram;
};

/** Height of the picture in its own units; each bar is one wide. */
const HEIGHT = 30;

function Bars({ name, step, histogram }: BarsProps) {
  const { count, nonFinite, min, max, mean, counts } = histogram;
  const most = Math.max(1, ...counts);
  const facts = [
    ...(count > 0 ? [`lowest ${shortNumber(min)}`, `mean ${shortNumber(mean)}`] : []),
    ...(count > 0 ? [`highest ${shortNumber(max)}`] : []),
    `${count} numbers`,
    ...(nonFinite > 0 ? [`${nonFinite} not finite`] : []),
  ].join(", ");
  return (
    <figure class="histogram">
      <svg
        role="img"
        aria-label={`${name} at step ${step}: ${facts}`}
        viewBox={`0 0 ${Math.max(1, counts.length)} ${HEIGHT}`}
        preserveAspectRatio="none"
      >
        {counts.map((size, bin) => {
          const height = (size / most) * HEIGHT;
          return <rect key={bin} x={bin} y={HEIGHT - height} width="0.92" height={height} />;
        })}
      </svg>
      <div class="ends dim">
        <span>{shortNumber(min)}</span>
        <span>{shortNumber(max)}</span>
      </div>
      <figcaption class="dim">{facts}</figcaption>
    </figure>
  );
}
