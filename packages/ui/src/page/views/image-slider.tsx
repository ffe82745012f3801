import { useEffect, useState } from "preact/hooks";
import type { MediaItem, RunSummary } from "../../wire/schema.ts";
import { mediaPath, pictureCount, pictureUrl } from "../media.ts";
import { itemsByKey } from "../model/items-by-key.ts";
import { StepSlider } from "./step-slider.tsx";

type Props = { readonly run: RunSummary; readonly items: readonly MediaItem[] };

/** Images of all keys at one step: the slider goes through every step that has some. */
export function ImageSlider({ run, items }: Props) {
  const steps = [...new Set(items.map(({ step }) => step))].sort((a, b) => a - b);
  const [chosen, setChosen] = useState<number>();
  const step = chosen ?? steps.at(-1) ?? 0;
  const at = Math.max(0, steps.indexOf(step));
  if (steps.length === 0) return <p class="empty">No image was logged yet.</p>;
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
        <ImageRow key={key} run={run} name={key} items={ofKey} step={step} />
      ))}
    </>
  );
}

type RowProps = Props & { readonly name: string; readonly step: number };

function ImageRow({ run, name, items, step }: RowProps) {
  // What is there at this step, else what was there before: said, not hidden.
  const steps = items.map((item) => item.step);
  const shownStep = Math.max(...steps.filter((one) => one <= step), Math.min(...steps));
  const shown = items.filter((item) => item.step === shownStep);
  return (
    <section class="images">
      <h3>
        {name}{" "}
        {shownStep !== step && (
          <span class="dim">
            nothing at step {step}; this is step {shownStep}
          </span>
        )}
      </h3>
      <div class="pictures">
        {shown.flatMap((item) =>
          Array.from({ length: pictureCount(item) }, (_, picture) => (
            <Picture
              key={`${item.index} ${picture}`}
              path={mediaPath(run, item, { picture })}
              text={`${name} at step ${shownStep}, image ${picture + 1}`}
            />
          )),
        )}
      </div>
    </section>
  );
}

/** The image before stays until the next is there: nothing flickers while the slider moves. */
function Picture({ path, text }: { readonly path: string; readonly text: string }) {
  const [shown, setShown] = useState<{ readonly url: string; readonly text: string }>();
  const [isFailed, setFailed] = useState(false);
  useEffect(() => {
    let isWanted = true;
    setFailed(false);
    pictureUrl(path).then(
      (url) => isWanted && setShown({ url, text }),
      () => isWanted && setFailed(true),
    );
    return () => {
      isWanted = false;
    };
  }, [path]);
  if (isFailed) return <span class="picture bad">cannot be shown</span>;
  return shown === undefined ? (
    <span class="picture" />
  ) : (
    <img class="picture" src={shown.url} alt={shown.text} onError={() => setFailed(true)} />
  );
}
