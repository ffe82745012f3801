import { registerTracker } from "@acc/core/tracker";
import { adopt } from "./adopt.ts";
import {
  MLFLOW_LOG_OPTION_RULES,
  MLFLOW_OPTION_RULES,
  type MlflowLogOptions,
  type MlflowOptions,
} from "./options.ts";
import { MlflowTracker } from "./tracker.ts";

export type { DatasetSource, InputOptions } from "./format/dataset.ts";
export type { Flavors } from "./format/model-file.ts";
export { type ImagePlace, MlflowRun, type ModelOptions } from "./native/run.ts";
export type { RunStatus } from "./operation.ts";
export type { MlflowLogOptions, MlflowOptions } from "./options.ts";
export { MlflowTracker } from "./tracker.ts";

declare module "@acc/core/tracker" {
  interface TrackerInitOptions {
    mlflow?: MlflowOptions;
  }
  interface TrackerLogOptions {
    readonly mlflow?: MlflowLogOptions;
  }
}

registerTracker({
  name: "mlflow",
  requiresLoggingDirectory: false,
  moduleUrl: import.meta.url,
  optionRules: MLFLOW_OPTION_RULES,
  logOptionRules: MLFLOW_LOG_OPTION_RULES,
  secretOptions: ["password", "token"],
  adopt,
  create: (creation) => new MlflowTracker(creation),
});
