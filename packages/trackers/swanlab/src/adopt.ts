import { AcceleratorError, type RecordedSettings } from "@acc/core/tracker";
import type { SwanLabOptions } from "./options.ts";
import { resolvePlace } from "./settings.ts";
import type { SwanLabState } from "./state.ts";

/**
 * Settings of a run that another machine recorded, with the service and the folder of this machine's environment.
 *
 * @throws {AcceleratorError} `TRACKER_INVALID` for a run that is partly in a folder of that machine.
 */
export function adopt({ options, state }: RecordedSettings): RecordedSettings {
  const { apiHost: _api, logDir: _dir, ...own } = options as SwanLabOptions;
  if (state === undefined) return { options: own, state };
  const { logDir: _moved, ...saved } = state as SwanLabState;
  if (saved.offline) {
    throw new AcceleratorError(
      "TRACKER_INVALID",
      "SwanLab's offline run is in a folder of the machine that recorded it: deliver it there, or with swanlab sync",
    );
  }
  return {
    options: own,
    state: { ...saved, settings: { ...saved.settings, ...resolvePlace({}) } },
  };
}
