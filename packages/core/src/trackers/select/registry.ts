import { AcceleratorError } from "../../errors.ts";
import { checkOptions } from "../../options/check-options.ts";
import type { OptionRules } from "../../options/option-rule.ts";
import type { TrackerPlugin } from "../../tracker-contract/tracker-plugin.ts";

const KEY = Symbol.for("acc.trackers"); // on globalThis: two copies of this package share it
const registry = globalThis as { [KEY]?: Map<string, TrackerPlugin> };
registry[KEY] ??= new Map();
const plugins = registry[KEY];

const RULES: OptionRules<TrackerPlugin> = {
  ...{ name: "string", requiresLoggingDirectory: "boolean", moduleUrl: "string" },
  ...{ secretOptions: "strings", optionRules: "object", logOptionRules: "object" },
  ...{ adopt: "function", create: "function" },
};

/**
 * Makes a tracker selectable by name in `logWith`. A second registration of a name replaces the first,
 * with a warning unless it comes from the same module.
 *
 * @throws {AcceleratorError} `TRACKER_INVALID` if the plugin lacks a name, `requiresLoggingDirectory` or `create`;
 *   `OPTION_INVALID` for a member that plugins do not have.
 */
export function registerTracker(plugin: TrackerPlugin): void {
  const faults: string[] = [];
  if (typeof plugin?.name !== "string" || plugin.name === "")
    faults.push("name (non-empty string)");
  if (typeof plugin?.requiresLoggingDirectory !== "boolean") {
    faults.push("requiresLoggingDirectory (boolean)");
  }
  if (typeof plugin?.create !== "function") faults.push("create (function)");
  if (plugin?.name === "all") faults.push('a name other than "all", which selects every tracker');
  if (plugin?.name === "local") faults.push('a name other than "local", which keeps the run');
  if (faults.length > 0) {
    throw new AcceleratorError(
      "TRACKER_INVALID",
      `registerTracker: the plugin ${JSON.stringify(plugin?.name)} needs ${faults.join(", ")}.`,
    );
  }
  checkOptions("registerTracker", plugin, RULES); // a name with a slip in it may be that of the secrets
  const previous = plugins.get(plugin.name);
  if (previous && (!plugin.moduleUrl || previous.moduleUrl !== plugin.moduleUrl)) {
    process.emitWarning(`The tracker "${plugin.name}" was registered already and is replaced.`);
  }
  plugins.set(plugin.name, plugin);
}

/** The plugin of that name, if one is registered in this thread. */
export function findTracker(name: string): TrackerPlugin | undefined {
  return plugins.get(name);
}

/** Names of all plugins registered in this thread. */
export function registeredTrackers(): string[] {
  return [...plugins.keys()];
}
