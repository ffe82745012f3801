import { registerTracker } from "@acc/core";
import type { WandbLogOptions, WandbOptions } from "./wandb-options.ts";
import { WandbTracker } from "./wandb-tracker.ts";

export { type Histogram, histogram } from "./histogram.ts";
export type { MetricOptions, SummaryKind } from "./metric-definition.ts";
export type { WandbLogOptions, WandbMode, WandbOptions, WandbResume } from "./wandb-options.ts";
export { type ArtifactOptions, type RunValues, WandbRun } from "./wandb-run.ts";
export { WandbTracker } from "./wandb-tracker.ts";

declare module "@acc/core" {
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
  secretOptions: ["apiKey"],
  create: (creation) => new WandbTracker(creation),
});
