import { registerTracker } from "@acc/core";
import { ClearMLTracker } from "./clearml-tracker.ts";
import type { ClearMLOptions } from "./options.ts";

export type { LogLevel } from "./change.ts";
export { ClearMLTracker } from "./clearml-tracker.ts";
export { Logger } from "./logger.ts";
export type { ClearMLOptions, TaskType } from "./options.ts";
export { Task } from "./task.ts";

declare module "@acc/core" {
  interface TrackerInitOptions {
    clearml?: ClearMLOptions;
  }
}

registerTracker({
  name: "clearml",
  requiresLoggingDirectory: false,
  moduleUrl: import.meta.url,
  secretOptions: ["accessKey", "secretKey"],
  create: (creation) => new ClearMLTracker(creation),
});
