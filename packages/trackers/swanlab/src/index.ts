import { registerTracker } from "@acc/core/tracker";
import { adopt } from "./adopt.ts";
import {
  SWANLAB_LOG_OPTION_RULES,
  SWANLAB_OPTION_RULES,
  type SwanLabLogOptions,
  type SwanLabOptions,
} from "./options.ts";
import { SwanLabTracker } from "./tracker.ts";

export { type Chart, echarts, histogram } from "./format/chart.ts";
export type { RunState } from "./format/point.ts";
export { type RunConfigValues, SwanLabRun } from "./native/run.ts";
export type { SwanLabLogOptions, SwanLabMode, SwanLabOptions, SwanLabResume } from "./options.ts";
export { SwanLabTracker } from "./tracker.ts";

declare module "@acc/core/tracker" {
  interface TrackerInitOptions {
    swanlab?: SwanLabOptions;
  }
  interface TrackerLogOptions {
    readonly swanlab?: SwanLabLogOptions;
  }
}

registerTracker({
  name: "swanlab",
  requiresLoggingDirectory: false,
  moduleUrl: import.meta.url,
  optionRules: SWANLAB_OPTION_RULES,
  logOptionRules: SWANLAB_LOG_OPTION_RULES,
  adopt,
  create: (creation) => new SwanLabTracker(creation),
});
