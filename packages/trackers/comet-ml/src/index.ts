import { registerTracker } from "@acc/core/tracker";
import { adopt } from "./adopt.ts";
import {
  COMET_LOG_OPTION_RULES,
  COMET_OPTION_RULES,
  type CometLogOptions,
  type CometOptions,
} from "./options.ts";
import { CometTracker } from "./tracker.ts";

export { CometExperiment, type CometPlace } from "./native/experiment.ts";
export type { CometLogOptions, CometMode, CometOptions } from "./options.ts";
export { CometTracker } from "./tracker.ts";

declare module "@acc/core/tracker" {
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
  optionRules: COMET_OPTION_RULES,
  logOptionRules: COMET_LOG_OPTION_RULES,
  secretOptions: ["apiKey"],
  adopt,
  create: (creation) => new CometTracker(creation),
});
