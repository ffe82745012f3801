import { registerTracker } from "@acc/core/tracker";
import { adopt } from "./adopt.ts";
import {
  WANDB_LOG_OPTION_RULES,
  WANDB_OPTION_RULES,
  type WandbLogOptions,
  type WandbOptions,
} from "./options.ts";
import { WandbTracker } from "./tracker.ts";

export { type Histogram, histogram } from "./format/histogram.ts";
export type { MetricOptions, SummaryKind } from "./format/metric-definition.ts";
export { type ArtifactOptions, type RunValues, WandbRun } from "./native/run.ts";
export type { WandbLogOptions, WandbMode, WandbOptions, WandbResume } from "./options.ts";
export { WandbTracker } from "./tracker.ts";

declare module "@acc/core/tracker" {
  interface TrackerInitOptions {
    wandb?: WandbOptions;
  }
  interface TrackerLogOptions {
    readonly wandb?: WandbLogOptions;
  }
}

registerTracker({
  name: "wandb",
  requiresLoggingDirectory: false,
  moduleUrl: import.meta.url,
  optionRules: WANDB_OPTION_RULES,
  logOptionRules: WANDB_LOG_OPTION_RULES,
  secretOptions: ["apiKey"],
  adopt,
  create: (creation) => new WandbTracker(creation),
});
