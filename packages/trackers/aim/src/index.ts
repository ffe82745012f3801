import { registerTracker } from "@acc/core";
import type { AimLogOptions, AimOptions } from "./aim-options.ts";
import { AimTracker } from "./aim-tracker.ts";

export type { AimLogOptions, AimOptions } from "./aim-options.ts";
export { AimRun, type TrackOptions } from "./aim-run.ts";
export { AimTracker } from "./aim-tracker.ts";

declare module "@acc/core" {
  interface TrackerInitOptions {
    aim?: AimOptions;
  }
  interface TrackerLogOptions {
    readonly aim?: AimLogOptions;
  }
}

registerTracker({
  name: "aim",
  requiresLoggingDirectory: true,
  moduleUrl: import.meta.url,
  secretOptions: ["headers"],
  create: (creation) => new AimTracker(creation),
});
