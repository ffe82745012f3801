import type { ArtifactData, LogContext, LogValue } from "@acc/core/tracker";
import type { Flavors } from "../format/model-file.ts";
import { storableText } from "../format/storable-text.ts";
import type { ModelUpload } from "../operation.ts";
import type { EventScope } from "./scope.ts";
import { tagEntry } from "./tags.ts";

/** What `logModel` puts beside the path: the options of the event with the file or folder. */
export type ModelCall = {
  readonly model: {
    readonly step: number | undefined;
    readonly modelType: string | undefined;
    readonly tags: { readonly [key: string]: LogValue };
    readonly flavors: Flavors | undefined;
  };
};

const MAX_MODEL_NAME = 500;

export function modelOperation(
  { name, path }: ArtifactData,
  at: LogContext,
  { recording, identity }: EventScope,
): ModelUpload {
  const { step, modelType, tags, flavors } = (at.options as ModelCall).model;
  return {
    ...{ kind: "model", identity, path, flavors },
    name: storableText(name, MAX_MODEL_NAME),
    step: step ?? recording.lastStep,
    timeMs: recording.timeOf({ ...at, options: {} }),
    modelType: modelType === undefined ? undefined : storableText(modelType, MAX_MODEL_NAME),
    tags: Object.entries(tags).map(([key, value]) => tagEntry(key, String(value), recording)),
  };
}
