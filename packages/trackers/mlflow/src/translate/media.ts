import type { LogContext, MediaData } from "@acc/core/tracker";
import { encodedOrLeftOut, requireMedia } from "@acc/tracker-kit";
import { artifactName } from "../format/artifact-path.ts";
import type { Operation } from "../operation.ts";
import type { EventScope } from "./scope.ts";

/** Files `media/<name>/step_<step>_<number>.<format>`, which the page plays or shows among the artifacts. */
export function mediaOperations(
  media: Readonly<Record<string, MediaData>>,
  at: LogContext,
  { recording, leaveOut, sequence }: EventScope,
): Operation[] {
  recording.timeOf(at);
  const step = recording.stepOf(at);
  return Object.entries(media).flatMap(([name, one]): Operation[] => {
    const known = encodedOrLeftOut(`"${name}"`, leaveOut, () => requireMedia(one));
    if (!known) return [];
    const path = `media/${artifactName(name)}/step_${step}_${sequence}.${known.format}`;
    return [{ kind: "upload", path, content: known.data }];
  });
}
