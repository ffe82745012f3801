import { registerTracker } from "@acc/core/tracker";
import { adopt } from "./adopt.ts";
import { CLEARML_OPTION_RULES, type ClearMLOptions } from "./options.ts";
import { ClearMLTracker } from "./tracker.ts";

export { Logger } from "./native/logger.ts";
export { type OutputModelOptions, Task } from "./native/task.ts";
export type { LogLevel, ModelDescription } from "./operation.ts";
export type { ClearMLOptions, TaskType } from "./options.ts";
export { ClearMLTracker } from "./tracker.ts";

declare module "@acc/core/tracker" {
  interface TrackerInitOptions {
    clearml?: ClearMLOptions;
  }
}

registerTracker({
  name: "clearml",
  requiresLoggingDirectory: false,
  moduleUrl: import.meta.url,
  optionRules: CLEARML_OPTION_RULES,
  secretOptions: ["accessKey", "secretKey"],
  adopt,
  create: (creation) => new ClearMLTracker(creation),
});
