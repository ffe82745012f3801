import { registerTracker } from "@acc/core/tracker";
import { adopt } from "./adopt.ts";
import {
  AIM_LOG_OPTION_RULES,
  AIM_OPTION_RULES,
  type AimLogOptions,
  type AimOptions,
} from "./options.ts";
import { AimTracker } from "./tracker.ts";

export { AimRun, type TrackOptions } from "./native/run.ts";
export type { AimLogOptions, AimOptions } from "./options.ts";
export { AimTracker } from "./tracker.ts";

declare module "@acc/core/tracker" {
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
  optionRules: AIM_OPTION_RULES,
  logOptionRules: AIM_LOG_OPTION_RULES,
  secretOptions: ["headers"],
  adopt,
  create: (creation) => new AimTracker(creation),
});
