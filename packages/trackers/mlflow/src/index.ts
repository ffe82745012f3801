import { registerTracker } from "@acc/core";
import type { MlflowLogOptions, MlflowOptions } from "./mlflow-options.ts";
import { MlflowTracker } from "./mlflow-tracker.ts";

export type { RunStatus } from "./mlflow-client.ts";
export type { MlflowLogOptions, MlflowOptions } from "./mlflow-options.ts";
export { type ImagePlace, MlflowRun } from "./mlflow-run.ts";
export { MlflowTracker } from "./mlflow-tracker.ts";

declare module "@acc/core" {
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
  secretOptions: ["password", "token"],
  create: ({ projectName, options, run }) =>
    new MlflowTracker(projectName, options as MlflowOptions, run),
});
