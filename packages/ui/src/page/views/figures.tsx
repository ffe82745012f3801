import { useEffect, useState } from "preact/hooks";
import type { MediaItem, RunSummary } from "../../wire/schema.ts";
import { messageOf } from "../api.ts";
import { type DrawnFigure, getFigure, mediaPath } from "../media.ts";
import { itemsByKey } from "../model/items-by-key.ts";
import { StepSlider } from "./step-slider.tsx";

type Props = { readonly run: RunSummary; readonly items: readonly MediaItem[] };

/** Figures that were logged: for each key the newest, and the steps before it. */
export function Figures({ run, items }: Props) {
  return (
    <>
      {itemsByKey(items).map(([key, ofKey]) => (
        <FigureOfSteps key={key} run={run} name={key} items={ofKey} />
      ))}
    </>
  );
}

function FigureOfSteps({ run, name, items }: Props & { readonly name: string }) {
  const [chosen, setChosen] = useState<number>();
  const at = Math.min(chosen ?? items.length - 1, items.length - 1);
  const item = items[at] as MediaItem;
  const title = item.title === undefined ? "" : `: ${item.title}`;
  return (
    <section>
      <div class="bar">
        <h3>{name}</h3>
        <StepSlider steps={items.map(({ step }) => step)} at={at} onChange={setChosen} />
      </div>
      <Figure path={mediaPath(run, item)} text={`${name} at step ${item.step}${title}`} />
    </section>
  );
}

/** The figure before stays until the next is there. */
function Figure({ path, text }: { readonly path: string; readonly text: string }) {
  const [shown, setShown] = useState<DrawnFigure & { readonly text: string }>();
  useEffect(() => {
    let isWanted = true;
    const show = (figure: DrawnFigure) => isWanted && setShown({ ...figure, text });
    getFigure(path).then(show, (error) => show({ reason: messageOf(error) }));
    return () => {
      isWanted = false;
    };
  }, [path]);
  if (shown === undefined) return <p class="dim">Drawing …</p>;
  if ("reason" in shown) return <p class="bad">No picture: {shown.reason}.</p>;
  return <img class="figure" src={shown.url} alt={shown.text} />;
}
