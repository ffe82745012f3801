import { registerTracker } from "@acc/core";
import { type TensorBoardOptions, TensorBoardTracker } from "./tensorboard-tracker.ts";

export { SummaryWriter, type SummaryWriterOptions } from "./summary-writer.ts";
export { type TensorBoardOptions, TensorBoardTracker } from "./tensorboard-tracker.ts";

declare module "@acc/core" {
  interface TrackerInitOptions {
    tensorboard?: TensorBoardOptions;
  }
}

registerTracker({
  name: "tensorboard",
  requiresLoggingDirectory: true,
  moduleUrl: import.meta.url,
  create: ({ projectName, loggingDir, options }) =>
    new TensorBoardTracker(projectName, loggingDir as string, options as TensorBoardOptions),
});
