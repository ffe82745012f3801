import { AcceleratorError } from "../errors.ts";
import type { GeneralTracker } from "./general-tracker.ts";
import { loadPlugin, type TrackerSource } from "./load-plugin.ts";
import type { RunConfig } from "./log-value.ts";
import type { TrackerInitOptions } from "./tracker-options.ts";
import type { TrackerPlugin } from "./tracker-plugin.ts";

/** What `initTrackers` asks for; plain data, so that it can go to the host thread. */
export type TrackerRequest = {
  readonly sources: readonly TrackerSource[];
  readonly projectName: string;
  readonly loggingDir: string | undefined;
  readonly initOptions: TrackerInitOptions;
  readonly config: RunConfig | undefined;
  readonly strict: boolean;
  /** How long trackers of services have at the end of the run. */
  readonly deliveryTimeoutMs: number;
  /** Path of the training script. */
  readonly script: string | undefined;
};

/**
 * Loads the plugins of a request.
 *
 * @throws {AcceleratorError} `TRACKER_NEEDS_DIRECTORY` if one writes files and there is no logging directory.
 */
export async function loadPlugins(
  sources: readonly TrackerSource[],
  loggingDir: string | undefined,
): Promise<TrackerPlugin[]> {
  const plugins = await Promise.all(sources.map(loadPlugin));
  for (const plugin of plugins) requireDirectory(plugin, loggingDir);
  return plugins;
}

/** @throws {AcceleratorError} `TRACKER_NEEDS_DIRECTORY`. */
export function requireDirectory(
  tracker: Pick<GeneralTracker, "name" | "requiresLoggingDirectory">,
  loggingDir: string | undefined,
): void {
  if (!tracker.requiresLoggingDirectory || loggingDir !== undefined) return;
  throw new AcceleratorError(
    "TRACKER_NEEDS_DIRECTORY",
    `Logging with "${tracker.name}" requires a directory: pass projectDir, loggingDir or ` +
      "projectConfiguration to the Accelerator.",
  );
}
