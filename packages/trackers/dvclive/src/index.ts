import { registerTracker } from "@acc/core";
import { DvcLiveTracker } from "./dvclive-tracker.ts";
import type { DvcLiveLogOptions, DvcLiveOptions } from "./live-options.ts";

export { DvcLiveTracker } from "./dvclive-tracker.ts";
export { type ArtifactOptions, Live, type PlotOptions } from "./live.ts";
export type { DvcLiveLogOptions, DvcLiveOptions } from "./live-options.ts";
export type { Scalar } from "./metric-table.ts";

declare module "@acc/core" {
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
  create: (creation) => new DvcLiveTracker(creation),
});
