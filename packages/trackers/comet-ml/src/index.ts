import { registerTracker } from "@acc/core";
import type { CometLogOptions, CometOptions } from "./comet-options.ts";
import { CometTracker } from "./comet-tracker.ts";

export { CometExperiment, type CometPlace } from "./comet-experiment.ts";
export type { CometLogOptions, CometMode, CometOptions } from "./comet-options.ts";
export { CometTracker } from "./comet-tracker.ts";

declare module "@acc/core" {
  interface TrackerInitOptions {
    comet_ml?: CometOptions;
  }
  interface TrackerLogOptions {
    readonly comet_ml?: CometLogOptions;
  }
}

registerTracker({
  name: "comet_ml",
  requiresLoggingDirectory: false,
  moduleUrl: import.meta.url,
  secretOptions: ["apiKey"],
  create: (creation) => new CometTracker(creation),
});
