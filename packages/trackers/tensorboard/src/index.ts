import { registerTracker } from "@acc/core/tracker";
import { TENSORBOARD_OPTION_RULES, type TensorBoardOptions } from "./options.ts";
import { TensorBoardTracker } from "./tracker.ts";

export { SummaryWriter, type SummaryWriterOptions } from "./native/summary-writer.ts";
export type { TensorBoardOptions } from "./options.ts";
export { TensorBoardTracker } from "./tracker.ts";

declare module "@acc/core/tracker" {
  interface TrackerInitOptions {
    tensorboard?: TensorBoardOptions;
  }
}

registerTracker({
  name: "tensorboard",
  requiresLoggingDirectory: true,
  moduleUrl: import.meta.url,
  optionRules: TENSORBOARD_OPTION_RULES,
  create: (creation) => new TensorBoardTracker(creation),
});
