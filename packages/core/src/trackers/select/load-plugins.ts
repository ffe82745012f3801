import type { LogOptionRules, TrackerRequest } from "../../context/tracker-request.ts";
import { AcceleratorError } from "../../errors.ts";
import { checkOptions } from "../../options/check-options.ts";
import type { GeneralTracker } from "../../tracker-contract/general-tracker.ts";
import type { TrackerPlugin } from "../../tracker-contract/tracker-plugin.ts";
import { loadPlugin } from "./load-plugin.ts";

/**
 * Loads the plugins of a request and checks the options for them.
 *
 * @throws {AcceleratorError} `TRACKER_NEEDS_DIRECTORY` if one writes files and there is no logging directory,
 *   `OPTION_INVALID` for an option that it does not have.
 */
export async function loadPlugins(
  request: Pick<TrackerRequest, "sources" | "loggingDir" | "initOptions">,
): Promise<TrackerPlugin[]> {
  const plugins = await Promise.all(request.sources.map(loadPlugin));
  for (const plugin of plugins) {
    requireDirectory(plugin, request.loggingDir);
    const options = request.initOptions[plugin.name];
    if (options && plugin.optionRules) {
      checkOptions(`initOptions.${plugin.name}`, options, plugin.optionRules);
    }
  }
  return plugins;
}

/** Rules for `logOptions`, by the names of the plugins that have such rules. */
export function logOptionRulesOf(plugins: readonly TrackerPlugin[]): LogOptionRules {
  const rules = plugins.flatMap(({ name, logOptionRules }) =>
    logOptionRules ? [[name, logOptionRules] as const] : [],
  );
  return Object.fromEntries(rules);
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
