import { AcceleratorError } from "../errors.ts";
import type { GeneralTracker } from "./general-tracker.ts";
import { loadPlugin, type TrackerSource } from "./load-plugin.ts";
import type { TrackerInitOptions, TrackerRun } from "./tracker-plugin.ts";

/** What `initTrackers` asks for; plain data, so that it can go to the host thread. */
export type TrackerRequest = {
  readonly sources: readonly TrackerSource[];
  readonly projectName: string;
  readonly loggingDir: string | undefined;
  readonly initOptions: TrackerInitOptions;
};

/**
 * Loads the plugins and builds their trackers, without starting them.
 *
 * @throws {AcceleratorError} `TRACKER_NEEDS_DIRECTORY` if one writes files and there is no logging
 *   directory. Nothing has been started then.
 */
export async function createTrackers(
  request: TrackerRequest,
  runOf: (name: string) => TrackerRun,
): Promise<GeneralTracker[]> {
  const { sources, projectName, loggingDir, initOptions } = request;
  const plugins = await Promise.all(sources.map(loadPlugin));
  for (const plugin of plugins) requireDirectory(plugin, loggingDir);
  return plugins.map((plugin) =>
    plugin.create({
      ...{ projectName, loggingDir, options: initOptions[plugin.name] ?? {} },
      run: runOf(plugin.name),
    }),
  );
}

/** @throws {AcceleratorError} `TRACKER_NEEDS_DIRECTORY`. */
export function requireDirectory(
  tracker: { readonly name: string; readonly requiresLoggingDirectory: boolean },
  loggingDir: string | undefined,
): void {
  if (!tracker.requiresLoggingDirectory || loggingDir !== undefined) return;
  throw new AcceleratorError(
    "TRACKER_NEEDS_DIRECTORY",
    `Logging with "${tracker.name}" requires a directory: pass projectDir, loggingDir or ` +
      "projectConfiguration to the Accelerator.",
  );
}
