import { useEffect, useState } from "preact/hooks";
import { getBlob, messageOf } from "../api.ts";
import { type PlayedItem, playedType } from "../model/played.ts";
import { saveFile } from "../save-file.ts";

type Props = { readonly path: string; readonly item: PlayedItem };
type Loaded = { readonly url: string; readonly blob: Blob };

/**
 * Plays audio or a video; a page is in a frame that runs nothing, sends nothing and loads nothing. All of them can be saved.
 */
export function Player({ path, item }: Props) {
  const [loaded, setLoaded] = useState<Loaded>();
  const [problem, setProblem] = useState("");
  const type = playedType(item);
  useEffect(() => {
    let url: string | undefined;
    let isWanted = true;
    const show = (bytes: Blob): void => {
      if (!isWanted) return;
      const blob = new Blob([bytes], { type: type ?? "application/octet-stream" });
      url = URL.createObjectURL(blob);
      setLoaded({ url, blob });
    };
    getBlob(path).then(show, (error: unknown) => isWanted && setProblem(messageOf(error)));
    return () => {
      isWanted = false;
      if (url !== undefined) URL.revokeObjectURL(url);
    };
  }, [path, type]);
  if (problem !== "") return <span class="bad">{problem}</span>;
  if (!loaded) return <span class="dim">Reading …</span>;
  const fail = (): void => setProblem("This browser cannot play it.");
  return (
    <div class="player">
      {shown(item, type, loaded.url, fail)}
      {item.captions && <span class="dim">{item.captions[0]}</span>}
      <button
        type="button"
        class="link"
        onClick={() => saveFile(loaded.blob, item.file?.name ?? item.key)}
      >
        save
      </button>
    </div>
  );
}

function shown(
  { kind, key, step }: PlayedItem,
  type: string | undefined,
  url: string,
  onError: () => void,
) {
  const text = `${key} at step ${step}`;
  if (type === undefined) return <span class="dim">This format can only be saved.</span>;
  if (kind === "html") return <iframe class="page" sandbox="" src={url} title={text} />;
  if (type === "image/gif") return <img src={url} alt={text} onError={onError} />;
  return kind === "audio" ? (
    // biome-ignore lint/a11y/useMediaCaption: a run has none
    <audio controls preload="metadata" src={url} aria-label={text} onError={onError} />
  ) : (
    // biome-ignore lint/a11y/useMediaCaption: a run has none
    <video controls preload="metadata" src={url} aria-label={text} onError={onError} />
  );
}
