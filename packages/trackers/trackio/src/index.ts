import { registerTracker } from "@acc/core/tracker";
import { adopt } from "./adopt.ts";
import {
  TRACKIO_LOG_OPTION_RULES,
  TRACKIO_OPTION_RULES,
  type TrackioLogOptions,
  type TrackioOptions,
} from "./options.ts";
import { TrackioTracker } from "./tracker.ts";

export type { AlertLevel } from "./format/record.ts";
export { type Histogram, histogram, type Markdown, markdown } from "./format/values.ts";
export { type AlertOptions, type ArtifactOptions, Run } from "./native/run.ts";
export type { TrackioLogOptions, TrackioOptions, TrackioResume } from "./options.ts";
export { TrackioTracker } from "./tracker.ts";

declare module "@acc/core/tracker" {
  interface TrackerInitOptions {
    trackio?: TrackioOptions;
  }
  interface TrackerLogOptions {
    readonly trackio?: TrackioLogOptions;
  }
}

registerTracker({
  name: "trackio",
  requiresLoggingDirectory: false,
  moduleUrl: import.meta.url,
  optionRules: TRACKIO_OPTION_RULES,
  logOptionRules: TRACKIO_LOG_OPTION_RULES,
  secretOptions: ["writeToken", "hfToken"],
  adopt,
  create: (creation) => new TrackioTracker(creation),
});
