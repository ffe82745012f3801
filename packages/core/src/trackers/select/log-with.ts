import type { TrackerSource } from "../../context/tracker-request.ts";
import { AcceleratorError } from "../../errors.ts";
import { LoggerType } from "../../logger-type.ts";
import { foundText } from "../../options/found-text.ts";
import type { GeneralTracker } from "../../tracker-contract/general-tracker.ts";
import { locateAllTrackers, locateTracker, trackerPackage } from "./load-plugin.ts";
import { requireDirectory } from "./load-plugins.ts";
import { findTracker } from "./registry.ts";
import { readTrackerManifest } from "./tracker-manifest.ts";

/** A tracker to log with: its name, `"all"`, or an instance of your own class. */
export type LogWith = LoggerType | (string & {}) | GeneralTracker;

/** The trackers a run uses: by name, and instances. Names and instances are unique. */
export type TrackerSelection = {
  readonly sources: readonly TrackerSource[];
  readonly instances: readonly GeneralTracker[];
};

/**
 * Resolves the `logWith` option. Duplicates of a name are dropped; `"all"` takes every tracker installed.
 *
 * @throws {AcceleratorError} `TRACKER_UNKNOWN` for a name that is not installed, `TRACKER_INVALID` for an
 *   instance that lacks members, `TRACKER_NEEDS_DIRECTORY` for a tracker that writes files if there is no directory.
 */
export function resolveLogWith(
  logWith: LogWith | readonly LogWith[] | undefined,
  loggingDir: string | undefined,
  scriptUrl: string | undefined,
): TrackerSelection {
  const items = logWith === undefined ? [] : ([logWith].flat() as LogWith[]);
  const sources = new Map<string, TrackerSource>();
  const instances = new Map<string, GeneralTracker>();
  for (const item of items) {
    if (typeof item !== "string") {
      requireTracker(item);
      requireDirectory(item, loggingDir);
      const other = instances.get(item.name);
      if (other && other !== item) throw doubleName(item.name);
      instances.set(item.name, item);
    } else if (item === LoggerType.Local) {
      // No tracker: the run itself is kept. See `resolveKeeping`.
    } else if (item === LoggerType.All) {
      for (const source of locateAllTrackers(scriptUrl)) sources.set(source.name, source);
    } else {
      sources.set(item, locateTracker(item, scriptUrl));
    }
  }
  for (const name of instances.keys()) if (sources.has(name)) throw doubleName(name);
  if (loggingDir === undefined) {
    for (const name of sources.keys()) {
      requireDirectory(
        { name, requiresLoggingDirectory: needsDirectory(name, scriptUrl) },
        loggingDir,
      );
    }
  }
  return { sources: [...sources.values()], instances: [...instances.values()] };
}

/** Whether a tracker that was found by name writes files. */
function needsDirectory(name: string, scriptUrl: string | undefined): boolean {
  const tracker = findTracker(name) ?? readTrackerManifest(trackerPackage(name), scriptUrl);
  return tracker.requiresLoggingDirectory ?? false;
}

/** @throws {AcceleratorError} `TRACKER_INVALID` listing every member that is missing. */
function requireTracker(tracker: GeneralTracker): void {
  const missing: string[] = [];
  const { name, requiresLoggingDirectory } = (tracker ?? {}) as Partial<GeneralTracker>;
  if (typeof name !== "string" || name === "") missing.push("name");
  if (typeof requiresLoggingDirectory !== "boolean") missing.push("requiresLoggingDirectory");
  if (typeof tracker !== "object" || tracker === null || !("tracker" in tracker)) {
    missing.push("tracker");
  }
  for (const method of ["start", "storeInitConfiguration", "log", "finish"] as const) {
    if (typeof tracker?.[method] !== "function") missing.push(`${method}()`);
  }
  if (missing.length === 0) return;
  throw new AcceleratorError(
    "TRACKER_INVALID",
    `logWith: ${name ?? foundText(tracker)} is not a tracker: it lacks ${missing.join(", ")}. ` +
      "Extend GeneralTracker, or pass a name.",
  );
}

function doubleName(name: string): AcceleratorError {
  return new AcceleratorError(
    "TRACKER_INVALID",
    `logWith: two trackers are called "${name}". Give your own tracker another name.`,
  );
}
