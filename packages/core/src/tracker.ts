/**
 * The public names that a tracker needs, as `@acc/core/tracker`. They are among those of `@acc/core`, but TensorFlow.js is
 * not loaded: the thread of the trackers and `acc sync` start without it.
 */
export { AcceleratorError, type ErrorCode } from "./errors.ts";
export type { OptionRule, OptionRules } from "./options/option-rule.ts";
export { safeText } from "./safe-text.ts";
export { maskSecrets, rememberSecret, withoutUrlSecrets } from "./secrets.ts";
export { GeneralTracker } from "./tracker-contract/general-tracker.ts";
export type {
  ArtifactData,
  FigureData,
  FinishStatus,
  ImageData,
  LogContext,
  LogValue,
  LogValues,
  RunConfig,
  TableData,
} from "./tracker-contract/log-value.ts";
export {
  MEDIA_FORMATS,
  type MediaData,
  type MediaKind,
} from "./tracker-contract/media-data.ts";
export type {
  ConsoleLine,
  MonitorEvent,
  Monitored,
  RankPace,
  SystemSample,
} from "./tracker-contract/monitoring.ts";
export { PostingTracker } from "./tracker-contract/posting-tracker.ts";
export type {
  DeliveredEvent,
  TrackerEvent,
} from "./tracker-contract/tracker-event.ts";
export type {
  TrackerInitOptions,
  TrackerLogOptions,
  TrackerState,
} from "./tracker-contract/tracker-options.ts";
export type {
  RecordedSettings,
  TrackerCreation,
  TrackerPlugin,
  TrackerRun,
} from "./tracker-contract/tracker-plugin.ts";
export { TrackerUnreachableError } from "./tracker-contract/tracker-unreachable-error.ts";
export { registerTracker } from "./trackers/select/registry.ts";
