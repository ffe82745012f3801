import { registerTracker } from "@acc/core/tracker";
import {
  DVCLIVE_LOG_OPTION_RULES,
  DVCLIVE_OPTION_RULES,
  type DvcLiveLogOptions,
  type DvcLiveOptions,
} from "./options.ts";
import { DvcLiveTracker } from "./tracker.ts";

export type { Scalar } from "./format/metric-table.ts";
export { type ArtifactOptions, Live, type PlotOptions } from "./native/live.ts";
export type { DvcLiveLogOptions, DvcLiveOptions } from "./options.ts";
export { DvcLiveTracker } from "./tracker.ts";

declare module "@acc/core/tracker" {
  interface TrackerInitOptions {
    dvclive?: DvcLiveOptions;
  }
  interface TrackerLogOptions {
    readonly dvclive?: DvcLiveLogOptions;
  }
}

registerTracker({
  name: "dvclive",
  requiresLoggingDirectory: false,
  moduleUrl: import.meta.url,
  optionRules: DVCLIVE_OPTION_RULES,
  logOptionRules: DVCLIVE_LOG_OPTION_RULES,
  create: (creation) => new DvcLiveTracker(creation),
});
