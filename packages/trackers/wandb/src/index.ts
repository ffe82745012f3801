import { registerTracker } from "@acc/core";
import type { WandbOptions } from "./wandb-options.ts";
import { WandbTracker } from "./wandb-tracker.ts";

export { type Histogram, histogram } from "./histogram.ts";
export type { MetricOptions, SummaryKind } from "./metric-definition.ts";
export type { WandbMode, WandbOptions, WandbResume } from "./wandb-options.ts";
export { type ArtifactOptions, type RunValues, WandbRun } from "./wandb-run.ts";
export { WandbTracker } from "./wandb-tracker.ts";

declare module "@acc/core" {
  interface TrackerInitOptions {
    wandb?: WandbOptions;
  }
}

registerTracker({
  name: "wandb",
  requiresLoggingDirectory: false,
  moduleUrl: import.meta.url,
  secretOptions: ["apiKey"],
  create: (creation) => new WandbTracker(creation),
});
