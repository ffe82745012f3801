import type { RunSummary } from "../../wire/schema.ts";
import { mediaPath } from "../media.ts";
import type { PlayedItem } from "../model/played.ts";
import { Player } from "./player.tsx";
import { StepRows } from "./step-rows.tsx";

type Props = { readonly run: RunSummary; readonly items: readonly PlayedItem[] };

/** Audio, videos and pages of all keys at one step. */
export function MediaView({ run, items }: Props) {
  return (
    <StepRows items={items} none="No audio, video or page was logged yet.">
      {(item) => (
        <Player key={`${item.offset} ${item.index}`} path={mediaPath(run, item)} item={item} />
      )}
    </StepRows>
  );
}
