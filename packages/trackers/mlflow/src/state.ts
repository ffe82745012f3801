import type { TrackerState } from "@acc/core/tracker";
import type { KeyNamesState } from "./format/key-names.ts";
import type { RunStatus } from "./operation.ts";
import type { RunSettings } from "./settings.ts";

/** Everything that another process needs to go on with a run; plain JSON without keys. */
export type MlflowState = TrackerState & {
  readonly intent?: RunSettings;
  readonly trackingUri?: string;
  readonly opened?: OpenedRun;
  readonly recording?: Partial<RecordingState>;
  readonly endTimeMs?: number;
};

/** The run at the server. */
export type OpenedRun = {
  readonly runId: string;
  readonly experimentId: string;
  readonly artifactUri: string;
};

/** Values that determine how the next event is recorded. */
export type RecordingState = {
  /** Sequence of the last event that the server has. */
  readonly done: number;
  readonly nextStep: number;
  /** The step of the next sample of the load: those of MLflow count by themselves. */
  readonly systemStep: number;
  readonly lastTimeMs: number;
  readonly names: Readonly<Record<"metric" | "param" | "tag", KeyNamesState>>;
  /** The last text of every name, as a hash: an equal one adds no file. */
  readonly texts: Readonly<Record<string, string>>;
  /** Artifact paths of tables, for the tag by which the page finds them. */
  readonly tables: readonly string[];
  readonly hasImages: boolean;
  readonly hasTags: boolean;
  readonly maxParamLength: number;
  readonly endStatus: RunStatus | undefined;
};
