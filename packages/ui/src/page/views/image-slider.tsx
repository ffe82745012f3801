import { useEffect, useState } from "preact/hooks";
import type { MediaItem, RunSummary } from "../../wire/schema.ts";
import { mediaPath, pictureCount, pictureUrl } from "../media.ts";
import { StepRows } from "./step-rows.tsx";

type Props = { readonly run: RunSummary; readonly items: readonly MediaItem[] };

/** Images of all keys at one step. */
export function ImageSlider({ run, items }: Props) {
  return (
    <StepRows items={items} none="No image was logged yet.">
      {(item) =>
        Array.from({ length: pictureCount(item) }, (_, picture) => (
          <Picture
            key={`${item.index} ${picture}`}
            path={mediaPath(run, item, { picture })}
            text={`${item.key} at step ${item.step}, image ${picture + 1}`}
            caption={item.captions?.[picture] ?? ""}
          />
        ))
      }
    </StepRows>
  );
}

type PictureProps = { readonly path: string; readonly text: string; readonly caption: string };
type Pictured = { readonly url: string; readonly text: string; readonly caption: string };

/** The image before stays until the next is there: nothing flickers while the slider moves. */
function Picture({ path, text, caption }: PictureProps) {
  const [shown, setShown] = useState<Pictured>();
  const [isFailed, setFailed] = useState(false);
  useEffect(() => {
    let isWanted = true;
    setFailed(false);
    pictureUrl(path).then(
      (url) => isWanted && setShown({ url, text, caption }),
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
    <figure class="pictured">
      <img class="picture" src={shown.url} alt={shown.text} onError={() => setFailed(true)} />
      {shown.caption !== "" && <figcaption class="dim">{shown.caption}</figcaption>}
    </figure>
  );
}
