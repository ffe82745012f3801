import type { ArtifactData, DeliveredEvent, LogContext } from "@acc/core/tracker";
import { type LeaveOut, messageOf, type Translator } from "@acc/tracker-kit";
import { artifactPath } from "./format/artifact-path.ts";
import type { Operation } from "./operation.ts";
import type { RecordingState } from "./state.ts";
import { figureOperations } from "./translate/figures.ts";
import { imageOperations } from "./translate/images.ts";
import { mediaOperations } from "./translate/media.ts";
import { metricOperations } from "./translate/metrics.ts";
import { modelOperation } from "./translate/models.ts";
import { configOperations } from "./translate/params.ts";
import { Recording, type RecordingOptions } from "./translate/recording.ts";
import { systemOperations } from "./translate/system.ts";
import { tableOperations } from "./translate/tables.ts";
import { tagOperations } from "./translate/tags.ts";
import { translateCall } from "./translate-call.ts";

export type TranslatorOptions = RecordingOptions & {
  /** Id of the run in the journal; ids and file names are made from it. */
  readonly recordingId: string;
  /** The first tags of a run. */
  readonly tags: Readonly<Record<string, string>>;
  readonly leaveOut: LeaveOut;
};

/** Turns events into operations for the server. If MLflow cannot hold a value, the others are still recorded. */
export class MlflowTranslator implements Translator<Partial<RecordingState>, Operation> {
  readonly operations: Operation[] = [];
  readonly recording: Recording;
  readonly #options: TranslatorOptions;

  constructor(state: Partial<RecordingState>, options: TranslatorOptions) {
    this.recording = new Recording(state, options);
    this.#options = options;
    if (this.recording.hasTags) return;
    for (const [key, value] of Object.entries(options.tags)) {
      this.operations.push(...tagOperations(key, value, this.recording));
    }
    this.recording.hasTags = true;
  }

  get state(): RecordingState {
    return this.recording.state;
  }

  add(event: DeliveredEvent): void {
    const { sequence, type } = event;
    try {
      this.operations.push(...this.#operationsOf(event));
    } catch (error) {
      this.#options.leaveOut(`event ${sequence} (${type})`, messageOf(error));
    }
    this.recording.done = sequence;
  }

  #operationsOf(event: DeliveredEvent): Operation[] {
    const { recordingId, leaveOut } = this.#options;
    const { recording } = this;
    const { sequence } = event;
    const scope = { recording, leaveOut, sequence, identity: `${recordingId} ${sequence}` };
    switch (event.type) {
      case "config":
        return configOperations(event.values, scope);
      case "metrics":
        return metricOperations(event.values, event.context, scope);
      case "images":
        return imageOperations(event.values, event.context, scope);
      case "tables":
        return tableOperations(event.values, event.context, scope);
      case "figures":
        return figureOperations(event.values, event.context, scope);
      case "media":
        return mediaOperations(event.values, event.context, scope);
      case "artifact":
        if (event.context.options?.model !== undefined) {
          return [modelOperation(event.artifact, event.context, scope)];
        }
        recording.timeOf(event.context);
        return [artifactOperation(event.artifact, event.context)];
      case "call":
        return translateCall(event.method, event.args, event.context, scope);
      case "system":
        return systemOperations(event.sample, event.context, scope);
      case "console":
        return []; // MLflow has no place for them, and does not ask for them
      default:
        return event satisfies never;
    }
  }
}

function artifactOperation({ name, type, path }: ArtifactData, { options }: LogContext): Operation {
  const { artifactPath: folder = type, contentsOnly } = options ?? {};
  const parts = [
    folder === undefined ? undefined : String(folder),
    contentsOnly === true ? undefined : name,
  ];
  return { kind: "upload", path: artifactPath(...parts), content: path };
}
