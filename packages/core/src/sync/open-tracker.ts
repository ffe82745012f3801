import { basename, dirname } from "node:path";
import { pathToFileURL } from "node:url";
import type { TrackerSource } from "../context/tracker-request.ts";
import { AcceleratorError } from "../errors.ts";
import type { JournalHeader } from "../journal/journal-record.ts";
import { RUNS_FOLDER } from "../journal/run-folder.ts";
import type { GeneralTracker } from "../tracker-contract/general-tracker.ts";
import type { TrackerState } from "../tracker-contract/tracker-options.ts";
import type { RecordedSettings, TrackerPlugin } from "../tracker-contract/tracker-plugin.ts";
import { trackerRun } from "../trackers/hub/tracker-run.ts";
import { loadPlugin, locateTracker } from "../trackers/select/load-plugin.ts";

/**
 * Creates a tracker that goes on with a run. Its package comes from the installation that `acc` itself is in, then from
 * the working directory; of a run that this machine recorded, also from where its script is. Nobody else's recording
 * leads to code.
 *
 * @throws {AcceleratorError} `TRACKER_UNKNOWN` if it is not installed, `TRACKER_INVALID` if it cannot take a run of
 *   another machine.
 */
export async function openTracker(
  {
    folder,
    header,
    isOurs,
  }: {
    readonly folder: string;
    readonly header: JournalHeader;
    readonly isOurs: boolean;
  },
  recorded: RecordedSettings & { readonly name: string },
  hooks: {
    readonly save: (state: TrackerState) => Promise<void>;
    readonly warn: (message: string) => void;
  },
): Promise<GeneralTracker> {
  const { name } = recorded;
  const script = isOurs ? header.script : undefined;
  const plugin = await loadPlugin(locate(name, script));
  const { options, state } = isOurs ? recorded : adopted(plugin, recorded);
  const { id, startedMs, projectName } = header;
  const loggingDir = isOurs ? header.loggingDir : loggingDirOf(folder);
  return plugin.create({
    ...{ projectName, loggingDir, options },
    run: trackerRun(
      name,
      { id, startedMs, folder, script, isReplay: true },
      {
        ...{ ...hooks, state },
        post: () => {}, // nothing logs here
      },
    ),
  });
}

function locate(name: string, script: string | undefined): TrackerSource {
  try {
    return locateTracker(name, import.meta.url);
  } catch (error) {
    if (script === undefined) throw error;
    return locateTracker(name, pathToFileURL(script).href);
  }
}

function adopted(plugin: TrackerPlugin, recorded: RecordedSettings): RecordedSettings {
  if (plugin.adopt) return plugin.adopt(recorded);
  throw new AcceleratorError(
    "TRACKER_INVALID",
    `the tracker "${plugin.name}" writes where the run says, so it takes no run of another machine`,
  );
}

/** The directory that a run lies in: what the run itself says about it is not trusted. */
function loggingDirOf(folder: string): string {
  const runs = dirname(folder);
  return basename(runs) === RUNS_FOLDER ? dirname(runs) : folder;
}
