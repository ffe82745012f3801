import type { TrackerSource } from "../../context/tracker-request.ts";
import { AcceleratorError, messageOf } from "../../errors.ts";
import { LoggerType } from "../../logger-type.ts";
import { resolvePackage } from "../../resolve-package.ts";
import type { TrackerPlugin } from "../../tracker-contract/tracker-plugin.ts";
import { findTracker, registeredTrackers } from "./registry.ts";

/** The npm package that integrates a tracker: `comet_ml` is `@acc/tracker-comet-ml`. */
export function trackerPackage(name: string): string {
  return `@acc/tracker-${name.replaceAll("_", "-")}`;
}

/**
 * Finds a tracker by name: registered in this thread, or a package that the training script can import,
 * or one that the working directory can.
 *
 * @throws {AcceleratorError} `TRACKER_UNKNOWN` with the names there are, or the package to install.
 */
export function locateTracker(name: string, scriptUrl: string | undefined): TrackerSource {
  const registered = findTracker(name);
  if (registered) return { name, moduleUrl: registered.moduleUrl };
  // A name may come from a journal: `../x` must not lead to another package.
  const moduleUrl = /^\w[\w-]*$/.test(name)
    ? resolvePackage(trackerPackage(name), scriptUrl)
    : undefined;
  if (moduleUrl) return { name, moduleUrl };
  const ownNames: readonly string[] = [LoggerType.All, LoggerType.Local];
  const builtIn = Object.values(LoggerType).filter((type) => !ownNames.includes(type));
  const advice = (builtIn as string[]).includes(name)
    ? `Its package is not installed: npm install ${trackerPackage(name)}`
    : `Choose one of ${[...new Set([...ownNames, ...builtIn, ...registeredTrackers()])].join(", ")}, or ` +
      "call registerTracker before the Accelerator is made.";
  throw new AcceleratorError(
    "TRACKER_UNKNOWN",
    `There is no tracker ${JSON.stringify(name)} here. ${advice}`,
  );
}

/** Every tracker that is registered in this thread or whose package is installed. */
export function locateAllTrackers(scriptUrl: string | undefined): TrackerSource[] {
  const names = new Set<string>([...Object.values(LoggerType), ...registeredTrackers()]);
  for (const name of [LoggerType.All, LoggerType.Local]) names.delete(name);
  return [...names].flatMap((name) => {
    const moduleUrl =
      findTracker(name)?.moduleUrl ?? resolvePackage(trackerPackage(name), scriptUrl);
    return findTracker(name) || moduleUrl ? [{ name, moduleUrl }] : [];
  });
}

/** Imports the module of a tracker if need be, and returns its plugin. */
export async function loadPlugin({ name, moduleUrl }: TrackerSource): Promise<TrackerPlugin> {
  if (!findTracker(name) && moduleUrl) {
    await import(moduleUrl).catch((error: unknown) => {
      throw new AcceleratorError(
        "TRACKER_INVALID",
        `The package of the tracker "${name}" could not be loaded: ${messageOf(error)}`,
        { cause: error },
      );
    });
  }
  const plugin = findTracker(name);
  if (plugin) return plugin;
  throw new AcceleratorError(
    "TRACKER_INVALID",
    `${moduleUrl} was imported but registers no tracker "${name}": it must call registerTracker.`,
  );
}
